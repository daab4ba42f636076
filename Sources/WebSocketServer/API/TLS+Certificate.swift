// A certificate with its key, given or made.
import WebSocketTLS

extension TLS {
    /// A certificate with its key, in PEM.
    public struct Certificate: Sendable {
        /// The server's certificate, then the chain from it to an authority.
        public let chain: [UInt8]
        /// The key of the first certificate, without a passphrase. It is secret.
        public let privateKey: [UInt8]
        /// The name of the certificate in errors and in ``CertificateSummary/origin``: its file,
        /// or "".
        public let origin: String

        /// A certificate with its key. Nothing is checked before ``TLS`` is made of it.
        public init(chain: [UInt8], privateKey: [UInt8], origin: String = "") {
            self.chain = chain
            self.privateKey = privateKey
            self.origin = origin
        }
    }

    /// Makes a certificate that no authority has signed, to try TLS: browsers warn of it, and other
    /// clients refuse it unless they trust this very certificate. Its key is new (ECDSA, P-256). A
    /// client can show it, too, to a server that has it among its
    /// ``TLS/Options/clientAuthorities``; its name is "Roost, for trying" then.
    ///
    /// - Parameters:
    ///   - names: the host names and addresses that it is for.
    ///   - validity: how long it is valid from now on; in whole seconds, a week by default. It is
    ///     valid from an hour ago on, for clients whose clocks are slow.
    /// - Throws: if there are no names, or one can be neither a host name nor an address.
    public static func selfSigned(
        names: [String], validity: Duration = .seconds(7 * 86_400)
    ) throws(TLSError) -> Certificate {
        do throws(TLSSetupError) {
            let made = try SelfSigned.make(
                names: names, seconds: Int(clamping: validity.components.seconds))
            return Certificate(
                chain: made.chain, privateKey: made.privateKey, origin: "self-signed")
        } catch { throw TLSError(error) }
    }
}

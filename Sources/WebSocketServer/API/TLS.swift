// Encryption of a server: its certificates, and what it asks of clients.
import WebSocketTLS

/// Certificates with their keys, checked and ready: what a server needs to speak TLS. Set
/// ``ServerConfiguration/tls``.
///
/// ```swift
/// let certificate = try TLS.selfSigned(names: ["localhost"])
/// var configuration = ServerConfiguration(port: 8443)
/// configuration.tls = try TLS([certificate])
/// ```
///
/// It is cheap to copy, and several servers may share it. TLS 1.2 and 1.3 are spoken, and HTTP/1.1
/// alone is offered to clients that ask (ALPN, RFC 7301): a client that wants only another protocol
/// is refused.
public struct TLS: Sendable {
    /// The certificates and settings, as sessions are made from them.
    package let contexts: TLSServerContexts

    /// One certificate, for all names.
    ///
    /// - Parameters:
    ///   - certificateChain: the server's certificate, then the chain from it to an authority,
    ///     in PEM: what certbot calls `fullchain.pem`.
    ///   - privateKey: the key of the first certificate, in PEM without a passphrase: ECDSA, RSA
    ///     or Ed25519. It is copied, and the copy is overwritten when it is no longer used.
    ///   - options: everything else; the defaults suit a public server.
    /// - Throws: if a file cannot be read, or the key is another certificate's. A certificate that
    ///   has expired is accepted: see ``CertificateSummary/flaw(at:)``.
    public init(
        certificateChain: [UInt8], privateKey: [UInt8], options: Options = Options()
    ) throws(TLSError) {
        try self.init(
            [Certificate(chain: certificateChain, privateKey: privateKey)], options: options)
    }

    /// Several certificates. A client names the host that it wants (SNI, RFC 6066 §3), and gets the
    /// certificate for that name, or for `*.` and the name without its first part. A client that
    /// names no host, or another, gets the first certificate.
    ///
    /// - Throws: as for one certificate, and if there is none, or two are for the same name.
    public init(
        _ certificates: [Certificate], options: Options = Options()
    ) throws(TLSError) {
        do throws(TLSSetupError) {
            contexts = try TLSServerContexts(
                certificates.map {
                    CertifiedKey(chain: $0.chain, privateKey: $0.privateKey, origin: $0.origin)
                }, options.settings)
        } catch { throw TLSError(error) }
    }

    /// What the certificates say, in the order in which they were given.
    public var certificates: [CertificateSummary] {
        contexts.certificates.map { CertificateSummary($0) }
    }
}

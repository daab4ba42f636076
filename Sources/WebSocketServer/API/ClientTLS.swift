// Encryption of outgoing connections: whom to trust.
import WebSocketTLS

/// What an outgoing connection to a `wss` URL checks, and what it shows. By default the server must
/// have a certificate for the URL's host, signed by an authority that the system trusts.
///
/// It is cheap to copy: make it once for many connections, since it reads the authorities.
public struct ClientTLS: Sendable {
    /// The one of all requests that name none; nil if the system's authorities cannot be read.
    static let usual = try? ClientTLS()

    /// Why there is none.
    static let noAuthorities =
        "The system's list of authorities cannot be read: install ca-certificates, or name the "
        + "authorities."

    /// The context that sessions are made from.
    package let context: TLSContext

    /// Checks servers against these authorities.
    ///
    /// - Parameters:
    ///   - authorities: certificates to trust, in PEM; nil for those of the system. A server's own
    ///     certificate that it has signed itself may be among them.
    ///   - certificate: shown to servers that ask for one; nil for none.
    ///   - minimumVersion: the oldest version to speak.
    ///   - verifies: false to accept every certificate, for tests: anybody on the way can then
    ///     read and change everything.
    ///   - recordLayer: what encrypts after the handshake.
    /// - Throws: if a file cannot be read, or the key is another certificate's.
    public init(
        authorities: [UInt8]? = nil, certificate: TLS.Certificate? = nil,
        minimumVersion: TLS.Version = .v12, verifies: Bool = true,
        recordLayer: TLS.RecordLayerKind = .own
    ) throws(TLSError) {
        try self.init(
            authorities: authorities, certificate: certificate, minimumVersion: minimumVersion,
            verifies: verifies, recordLayer: recordLayer, resumes: false)
    }

    /// The same; if `resumes` is true a connection resumes what an earlier one to the same host and
    /// port has left. It is for load tests: with TLS 1.3 it saves no round trip, and libssl goes on
    /// to encrypt each connection, at 14 to 48 KB.
    package init(
        authorities: [UInt8]? = nil, certificate: TLS.Certificate? = nil,
        minimumVersion: TLS.Version = .v12, verifies: Bool = true,
        recordLayer: TLS.RecordLayerKind = .own, resumes: Bool
    ) throws(TLSError) {
        var settings = TLSClientSettings()
        settings.authorities = authorities
        settings.certificate = certificate.map {
            CertifiedKey(chain: $0.chain, privateKey: $0.privateKey, origin: $0.origin)
        }
        settings.minimumVersion = minimumVersion.version
        settings.verifies = verifies
        settings.recordLayer = recordLayer.choice
        settings.resumes = resumes
        do throws(TLSSetupError) { context = try TLSContext(client: settings) } catch {
            throw TLSError(error)
        }
    }
}

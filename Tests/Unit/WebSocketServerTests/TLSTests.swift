// The public types of TLS: what they accept, what they say of certificates, and their errors.
import Testing

@testable import WebSocketServer

@Suite("TLS")
struct TLSTests {
    private func sentence(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return "\(error)" }
        return nil
    }

    @Test("A certificate for trying is made, and used")
    func selfSigned() throws {
        let certificate = try TLS.selfSigned(names: ["localhost", "::1"])
        let tls = try TLS([certificate])
        let summary = try #require(tls.certificates.first)
        #expect(tls.certificates.count == 1 && summary.origin == "self-signed")
        #expect(summary.names == ["localhost", "::1"])
        #expect(summary.notAfter - summary.notBefore == 7 * 86_400 + 3600)
        #expect(summary.fingerprint.utf8.count == 95)
        var configuration = ServerConfiguration()
        configuration.tls = tls
        #expect(configuration.tls?.certificates == tls.certificates)
        // A client may trust the very certificate.
        _ = try ClientTLS(authorities: certificate.chain, certificate: certificate)
        #expect(
            sentence { _ = try TLS.selfSigned(names: ["a b"]) }
                == "\"a b\" is neither a host name nor an address.")
    }

    @Test("Errors name the certificate by its origin")
    func errors() throws {
        let one = try TLS.selfSigned(names: ["a.example"])
        let other = try TLS.selfSigned(names: ["b.example"])
        let mixed = TLS.Certificate(
            chain: one.chain, privateKey: other.privateKey, origin: "/etc/a.crt")
        #expect(
            sentence { _ = try TLS([mixed]) }
                == "The private key does not belong to /etc/a.crt: give the key that it was "
                + "requested with. In a chain the server's own certificate is first.")
        #expect(
            sentence {
                _ = try TLS(certificateChain: one.chain, privateKey: other.privateKey)
            }?.contains("does not belong to the certificate:") == true)
        #expect(sentence { _ = try TLS([]) }?.contains("at least one") == true)
        #expect(
            sentence { _ = try ClientTLS(authorities: []) }?.contains("no certificate") == true)
        let first = TLS.Certificate(chain: one.chain, privateKey: one.privateKey, origin: "1.crt")
        let second = TLS.Certificate(chain: one.chain, privateKey: one.privateKey, origin: "2.crt")
        #expect(
            sentence { _ = try TLS([first, second]) }
                == "1.crt and 2.crt are both for a.example: remove one of them.")
    }

    @Test("Options reach the contexts")
    func options() throws {
        var options = TLS.Options()
        #expect(!options.settings.requiresClientCertificate)
        options.clientAuthorities = try TLS.selfSigned(names: ["a"]).chain
        #expect(options.settings.requiresClientCertificate)
        options.requiresClientCertificate = false
        options.minimumVersion = .v13
        options.recordLayer = .openssl
        options.ticketKeys = [UInt8](repeating: 7, count: 79)
        let settings = options.settings
        #expect(!settings.requiresClientCertificate && settings.minimumVersion == .v13)
        #expect(settings.recordLayer == .libssl)
        let certificate = try TLS.selfSigned(names: ["a"])
        #expect(
            sentence { _ = try TLS([certificate], options: options) }
                == "The ticket keys have 79 bytes, and must have 80 for each key: make some with "
                + "`openssl rand 80`.")
    }

    @Test("A certificate's flaw is a warning")
    func flaws() throws {
        let certificate = try TLS.selfSigned(names: ["a.example"], validity: .seconds(86_400))
        let named = TLS.Certificate(
            chain: certificate.chain, privateKey: certificate.privateKey, origin: "a.crt")
        let summary = try TLS([named]).certificates[0]
        #expect(summary.flaw(at: summary.notBefore) == nil)
        #expect(summary.flaw(at: summary.notAfter) == nil)
        #expect(summary.flaw(at: summary.notAfter + 1) == "a.crt expired today: renew it.")
        #expect(
            summary.flaw(at: summary.notAfter + 3 * 86_400) == "a.crt expired 3 d ago: renew it.")
        #expect(
            summary.flaw(at: summary.notBefore - 7200)
                == "a.crt is not valid yet: check the clock, or wait 2 h.")
    }
}

// Certificates of clients: who is let in, and under which name.

import CSSL
import Storage
import Testing

@testable import WebSocketTLS

@Suite("Client certificates")
struct ClientCertificateTests {
    static let versions = [TLS1_2_VERSION, TLS1_3_VERSION]
    private static let alice = Certificate(names: "", commonName: "Alice", issuer: .authority)

    private func contexts(
        required: Bool = true, authority: Certificate = .authority
    ) throws -> TLSServerContexts {
        var settings = TLSServerSettings()
        settings.clientAuthorities = authority.chain
        settings.requiresClientCertificate = required
        return try TLSServerContexts([Certificate.localhost.certified], settings)
    }

    private func client(_ certificate: Certificate?, version: Int32 = TLS1_3_VERSION) -> Oracle {
        Oracle(isServer: false, version: version) { certificate?.install(in: $0) }
    }

    private func kind(_ end: SessionEnd?) -> HandshakeFailure.Kind? {
        guard case .handshakeFailed(let failure) = end else { return nil }
        return failure.kind
    }

    @Test("A client with a certificate has its name", arguments: versions)
    func named(version: Int32) throws {
        for required in [false, true] {
            let contexts = try contexts(required: required)
            let talk = Conversation(contexts, client(Self.alice, version: version))
            talk.shakeHands()
            #expect(talk.isEstablished && talk.peerName == "Alice")
            #expect(talk.takeSummary()?.peerName == "Alice")
            #expect(talk.takeSummary() == nil && talk.peerName == "Alice")
            try talk.send([1])
            // A resumed session has the name without showing the certificate again.
            let next = Conversation(contexts, talk.oracle.resumed(version: version))
            next.shakeHands()
            #expect(next.oracle.isResumed && next.peerName == "Alice")
            guard next.canBeSaved else { continue }
            try next.restart()
            #expect(next.peerName == "Alice" && next.takeSummary() == nil)
            try next.send([2])
            #expect(next.oracle.takeReceived() == [2])
        }
    }

    @Test("A client without a certificate is refused, or has no name", arguments: versions)
    func nameless(version: Int32) throws {
        let open = Conversation(try contexts(required: false), client(nil, version: version))
        open.shakeHands()
        #expect(open.isEstablished && open.peerName == nil)
        let strict = Conversation(try contexts(), client(nil, version: version))
        strict.shakeHands()
        #expect(!strict.isEstablished && kind(strict.end) == .noClientCertificate)
        #expect(strict.oracle.failure != nil)
    }

    @Test("Bad certificates fail the handshake, also where none is required", arguments: versions)
    func refused(version: Int32) throws {
        let stranger = Certificate(names: "", commonName: "The authority", isAuthority: true)
        let table: [(Certificate, String)] = [
            (Certificate(names: "", commonName: "Alice"), "is self-signed"),
            (
                Certificate(names: "", commonName: "Alice", issuer: stranger),
                "is refused: certificate signature failure"
            ),
            (
                Certificate(names: "", commonName: "Alice", issuer: .localhost),
                "an authority that is not trusted"
            ),
            (Certificate(names: "", issuer: .authority, until: -60), "has expired"),
            (Certificate(names: "", issuer: .authority, from: 3600), "is not valid yet"),
        ]
        for (certificate, words) in table {
            for required in [false, true] {
                let talk = Conversation(
                    try contexts(required: required), client(certificate, version: version))
                talk.shakeHands()
                #expect(kind(talk.end) == .peerCertificate)
                let text = talk.end?.description ?? ""
                #expect(
                    text.contains(words) && text.hasPrefix("The client's certificate"), "\(text)")
                #expect(!talk.isEstablished && talk.oracle.failure != nil)
            }
        }
    }

    @Test("A ticket is no certificate of other authorities", arguments: versions)
    func otherAuthorities(version: Int32) throws {
        let talk = Conversation(try contexts(), client(Self.alice, version: version))
        talk.shakeHands()
        try talk.send([1])
        let other = try contexts(authority: Certificate(names: "", isAuthority: true))
        let next = Conversation(other, talk.oracle.resumed(version: version))
        next.shakeHands()
        #expect(kind(next.end) == .noClientCertificate)
    }

    @Test("The name is the common name, else a URI, a host or an address, else the fingerprint")
    func identities() throws {
        let uri = "spiffe://a.example/b"
        let long = uri + String(repeating: "c", count: 240)
        let table: [(Certificate, String?)] = [
            (Certificate(names: "URI:\(uri)", commonName: "A", issuer: .authority), "A"),
            (Certificate(names: "DNS:b.org,URI:\(uri)", commonName: nil, issuer: .authority), uri),
            (
                Certificate(names: "email:a@b.org,DNS:b.org", commonName: nil, issuer: .authority),
                "b.org"
            ),
            (Certificate(names: "email:a@b.org", commonName: nil, issuer: .authority), "a@b.org"),
            (
                Certificate(names: "DNS:b.org", commonName: "A\u{202e}B", issuer: .authority),
                "b.org"
            ),
            (Certificate(names: "DNS:b.org", commonName: "A\nB", issuer: .authority), "b.org"),
            (Certificate(names: "", commonName: "Ä 日本", issuer: .authority), "Ä 日本"),
            (Certificate(names: "URI:\(long)", commonName: nil, issuer: .authority), nil),
            (Certificate(names: "", commonName: nil, issuer: .authority), nil),
        ]
        for (certificate, name) in table {
            let talk = Conversation(try contexts(), client(certificate))
            talk.shakeHands()
            if let name {
                #expect(talk.peerName == name)
            } else {
                #expect(talk.peerName?.hasPrefix("sha256:") == true)
            }
        }
    }

    @Test("Our client shows its certificate to a server that asks", arguments: versions)
    func shows(version: Int32) throws {
        var settings = TLSClientSettings()
        settings.authorities = Certificate.localhost.chain
        for certificate in [nil, Self.alice] {
            settings.certificate = certificate?.certified
            let oracle = Oracle(isServer: true, version: version) {
                Certificate.authority.demand(in: $0)
            }
            let talk = Conversation(
                try TLSContext(client: settings), serverName: "localhost", oracle)
            talk.shakeHands()
            #expect(oracle.isEstablished == (certificate != nil))
            #expect(oracle.peerCommonName == (certificate != nil ? "Alice" : nil))
            if certificate != nil {
                try talk.send([1])
                #expect(oracle.takeReceived() == [1])
            } else {
                #expect(talk.end != nil)
            }
        }
    }
}

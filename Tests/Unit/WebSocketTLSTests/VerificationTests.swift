// What a client says about servers that it does not trust, and what handshakes say of themselves.

import CSSL
import Storage
import Testing

@testable import WebSocketTLS

@Suite("Verification")
struct VerificationTests {
    private func talk(
        to certificate: Certificate, as name: String = "a.example",
        _ change: (inout TLSClientSettings) -> Void = { _ in }
    ) throws -> Conversation {
        var settings = TLSClientSettings()
        settings.authorities = Certificate.authority.chain
        change(&settings)
        let talk = Conversation(
            try TLSContext(client: settings), serverName: name,
            Oracle(isServer: true, certificate: certificate))
        talk.shakeHands()
        return talk
    }

    @Test("Each refused certificate has its sentence")
    func sentences() throws {
        let stranger = Certificate(names: "", commonName: "Stranger", isAuthority: true)
        let many = (1...5).map { "DNS:n\($0).org" }.joined(separator: ",")
        let table: [(Certificate, String, String)] = [
            (
                Certificate(names: "DNS:b.org,DNS:c.org", issuer: .authority), "a.example",
                "The server's certificate is for b.org, c.org, and not for a.example."
            ),
            (
                Certificate(names: many, issuer: .authority), "127.0.0.1",
                "The server's certificate is for n1.org, n2.org, n3.org and 2 more, and not for "
                    + "127.0.0.1."
            ),
            (
                Certificate(names: "", commonName: "a.example", issuer: .authority), "a.example",
                "The server's certificate is for no host, and not for a.example."
            ),
            (
                Certificate(names: "DNS:a.example", issuer: stranger), "a.example",
                "The server's certificate is signed by an authority that is not trusted here, or "
                    + "its chain is incomplete."
            ),
            (
                Certificate(names: "DNS:a.example"), "a.example",
                "The server's certificate is self-signed: no authority vouches for it. If it is "
                    + "the right one, add it to the trusted authorities."
            ),
            (
                Certificate(names: "DNS:a.example", issuer: .authority, until: -60), "a.example",
                "The server's certificate, or an authority's, has expired: it must be renewed. If "
                    + "it has not, check this machine's clock."
            ),
            (
                Certificate(names: "DNS:a.example", issuer: .authority, from: 3600), "a.example",
                "The server's certificate, or an authority's, is not valid yet: check this "
                    + "machine's clock."
            ),
        ]
        for (certificate, name, sentence) in table {
            let talk = try talk(to: certificate, as: name)
            #expect(talk.end?.description == sentence)
            guard case .handshakeFailed(let failure) = talk.end else {
                Issue.record("the handshake succeeded")
                continue
            }
            #expect(failure.kind == .peerCertificate)
            // The server learns it, too.
            #expect(talk.oracle.failure != nil && !talk.isEstablished)
        }
    }

    @Test("A certificate of an authority is good, and so is a certificate that is trusted itself")
    func good() throws {
        let signed = Certificate(names: "DNS:a.example,DNS:*.b.example", issuer: .authority)
        #expect(try talk(to: signed).isEstablished)
        #expect(try talk(to: signed, as: "A.Example").isEstablished)
        #expect(try talk(to: signed, as: "x.b.example").isEstablished)
        #expect(try !talk(to: signed, as: "x.y.b.example").isEstablished)
        let own = Certificate(names: "DNS:a.example")
        #expect(try talk(to: own) { $0.authorities = own.chain }.isEstablished)
    }

    @Test("Verification can be left out, and then everything is accepted")
    func leftOut() throws {
        let expired = Certificate(names: "DNS:b.org", until: -60)
        #expect(try talk(to: expired) { $0.verifies = false }.isEstablished)
        // The system's authorities know nothing of ours.
        #expect(try !talk(to: expired) { $0.authorities = nil }.isEstablished)
    }

    @Test("A client that refuses our certificate says so")
    func refusedByPeer() throws {
        let oracle = Oracle(isServer: false) {
            SSL_CTX_set_verify($0, SSL_VERIFY_PEER, nil)
        }
        let talk = try Conversation(.server, oracle)
        talk.shakeHands()
        guard case .handshakeFailed(let failure) = talk.end else {
            Issue.record("the handshake succeeded")
            return
        }
        #expect(failure.kind == .certificateRefused)
        #expect(
            failure.description == "The client refuses the server's certificate: unknown CA "
                + "(alert 48).")
    }

    @Test("Bytes that are no TLS are called so")
    func noTLS() throws {
        for (text, words) in [
            ("GET / HTTP/1.1\r\n\r\n", "plain HTTP"), ("SSH-2.0-OpenSSH_9.2\r\n", "no TLS"),
            ("\0\0\0\0\0\0\0\0\0\0\0", "no TLS"),
        ] {
            let talk = try Conversation(.server, Oracle(isServer: false))
            talk.receive(Array(text.utf8))
            guard case .handshakeFailed(let failure) = talk.end else {
                Issue.record("the handshake goes on")
                continue
            }
            #expect(failure.kind == .notTLS && failure.description.contains(words))
        }
        let client = try Conversation(.client, Oracle(isServer: true))
        client.start()
        client.receive(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        #expect(client.end?.description.contains("does not speak TLS") == true)
    }

    @Test("A summary comes once, and then the session keeps nothing of it")
    func summary() throws {
        for role in OracleTests.roles {
            let talk = try Conversation(
                role, Oracle(isServer: role == .client, suites: OracleTests.suites[1]))
            #expect(talk.takeSummary() == nil)
            talk.shakeHands()
            let summary = talk.takeSummary()
            #expect(summary?.version == .v13 && summary?.suite == OracleTests.suites[1])
            #expect(summary?.isResumed == false && summary?.keptReason == nil)
            #expect(talk.takeSummary() == nil && !talk.hasDetails)
        }
    }

    @Test("A session stays small: there is one for each connection")
    func size() {
        #expect(MemoryLayout<TLSSession>.size <= 256)
    }
}

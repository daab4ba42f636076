// Which certificate a client gets, and which protocol.

import CSSL
import Testing

@testable import WebSocketTLS

@Suite("Names and protocols")
struct ServerNameTests {
    /// Three certificates, called a, b and c.
    private static let contexts: TLSServerContexts = {
        let names = [
            "a": "DNS:a.example,DNS:x.c.example", "b": "DNS:b.example,DNS:*.c.example",
            "c": "DNS:C.example,IP:127.0.0.1",
        ]
        let all = names.sorted { $0.key < $1.key }.map { name, names in
            Certificate(names: names, commonName: name).certified
        }
        return try! TLSServerContexts(all)
    }()

    static let hosts: [(host: String?, name: String)] = [
        (nil, "a"), ("a.example", "a"), ("b.example", "b"), ("B.EXAMPLE", "b"),
        ("b.example.", "b"), ("c.example", "c"), ("y.c.example", "b"), ("Y.C.Example", "b"),
        // An exact name goes before the asterisk, which is for one part only.
        ("x.c.example", "a"), ("y.x.c.example", "a"), (".c.example", "a"), ("other", "a"),
        ("*.c.example", "b"), ("example", "a"),
    ]

    @Test("A client gets the certificate for the host that it names", arguments: hosts)
    func names(host: String?, name: String) throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let oracle = Oracle(isServer: false, version: version)
            if let host { oracle.name(host) }
            let talk = Conversation(Self.contexts, oracle)
            talk.shakeHands()
            #expect(talk.isEstablished && oracle.peerCommonName == name)
            // Also in another context the record layer gets its secrets.
            #expect((talk.layer != nil) == (version == TLS1_3_VERSION))
            #expect(talk.takeSummary()?.serverName == host)
            try talk.send([1])
            #expect(oracle.takeReceived() == [1])
        }
    }

    static let offers: [(offered: [String], chosen: String?)] = [
        (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"),
        (["http/1.1", "h2"], "http/1.1"), (["h2"], nil), (["http/1.0", "HTTP/1.1"], nil),
        (["http/1.10", "acme-tls/1"], nil),
    ]

    @Test("HTTP/1.1 is agreed on, and a client without it is refused", arguments: offers)
    func protocols(offered: [String], chosen: String?) {
        for host in ["a.example", "b.example"] {
            let oracle = Oracle(isServer: false)
            oracle.name(host)
            oracle.offer(offered)
            let talk = Conversation(Self.contexts, oracle)
            talk.shakeHands()
            #expect(talk.isEstablished == (chosen != nil))
            #expect(oracle.chosenProtocol == chosen)
            guard chosen == nil else {
                #expect(talk.takeSummary()?.hasApplicationProtocol == true)
                continue
            }
            #expect(oracle.failure == "tlsv1 alert no application protocol")
            guard case .handshakeFailed(let failure) = talk.end else {
                Issue.record("the handshake succeeded")
                continue
            }
            #expect(failure.kind == .applicationProtocol)
        }
    }

    @Test("A client that offers no protocol is served")
    func noProtocol() {
        let talk = Conversation(Self.contexts, Oracle(isServer: false))
        talk.shakeHands()
        #expect(talk.takeSummary()?.hasApplicationProtocol == false)
    }

    @Test("Our client offers HTTP/1.1, and goes on if the server knows no protocols")
    func client() throws {
        for answers in [true, false] {
            let oracle = Oracle(isServer: true) { context in
                guard answers else { return }
                SSL_CTX_set_alpn_select_cb(
                    context,
                    { _, chosen, count, offered, _, _ in
                        chosen?.pointee = offered! + 1
                        count?.pointee = offered!.pointee
                        return SSL_TLSEXT_ERR_OK
                    }, nil)
            }
            let talk = try Conversation(.client, oracle)
            talk.shakeHands()
            #expect(talk.isEstablished && oracle.chosenProtocol == (answers ? "http/1.1" : nil))
        }
    }

    @Test("Of TLS 1.2 only suites with forward secrecy are spoken")
    func suites() throws {
        for (suite, isGood) in [
            ("ECDHE-ECDSA-AES128-GCM-SHA256", true), ("ECDHE-ECDSA-CHACHA20-POLY1305", true),
            ("ECDHE-ECDSA-AES256-SHA384", false), ("AES128-GCM-SHA256", false),
            ("ECDHE-RSA-AES128-GCM-SHA256", false),
        ] {
            let oracle = Oracle(isServer: false, version: TLS1_2_VERSION) {
                precondition(SSL_CTX_set_cipher_list($0, suite) == 1)
            }
            let talk = Conversation(Self.contexts, oracle)
            talk.shakeHands()
            #expect(talk.isEstablished == isGood)
            guard case .handshakeFailed(let failure) = talk.end else { continue }
            #expect(failure.kind == .parameters)
        }
    }

    @Test("The oldest version, and libssl's record layer, can be asked for")
    func settings() throws {
        var settings = TLSServerSettings()
        settings.minimumVersion = .v13
        settings.recordLayer = .libssl
        let contexts = try TLSServerContexts([Certificate.localhost.certified], settings)
        let old = Conversation(contexts, Oracle(isServer: false, version: TLS1_2_VERSION))
        old.shakeHands()
        guard case .handshakeFailed(let failure) = old.end else {
            Issue.record("the handshake succeeded")
            return
        }
        #expect(failure.kind == .version)
        let new = Conversation(contexts, Oracle(isServer: false))
        new.shakeHands()
        #expect(new.isEstablished && new.keptReason == .asked)
        let summary = new.takeSummary()
        #expect(summary?.version == .v13 && summary?.keptReason == .asked)
        try new.send([1])
        #expect(new.oracle.takeReceived() == [1])
        new.settle(new.oracle.send([2]))
        #expect(new.takeReceived() == [2])
    }
}

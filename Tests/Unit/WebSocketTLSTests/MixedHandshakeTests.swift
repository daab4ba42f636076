// Handshakes of servers and clients with settings at random: what must come of them is known.

import CSSL
import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Mixed handshakes")
struct MixedHandshakeTests {
    private static let names = ["a.example", "b.example", "c.example"]
    private static let certificates = names.map {
        Certificate(names: "DNS:\($0),DNS:*.\($0)", commonName: $0)
    }
    private static let alice = Certificate(names: "", commonName: "Alice", issuer: .authority)
    private static let mallory = Certificate(names: "", commonName: "Alice")

    /// What a client brings.
    private struct Client {
        let version: Int32
        let host: Int?
        let protocols: [String]
        let certificate: Certificate?
        let isTrusted: Bool

        init(_ random: inout Seeded) {
            version = Bool.random(using: &random) ? TLS1_3_VERSION : TLS1_2_VERSION
            host = (0..<3).randomElement(using: &random).flatMap {
                Bool.random(using: &random) ? $0 : nil
            }
            protocols = [[], ["http/1.1"], ["h2", "http/1.1"], ["h2"]]
                .randomElement(using: &random)!
            switch Int.random(in: 0..<4, using: &random) {
            case 0: (certificate, isTrusted) = (MixedHandshakeTests.mallory, false)
            case 1: (certificate, isTrusted) = (nil, false)
            default: (certificate, isTrusted) = (MixedHandshakeTests.alice, true)
            }
        }

        func oracle() -> Oracle {
            let oracle = Oracle(isServer: false, version: version) { context in
                certificate?.install(in: context)
            }
            if let host { oracle.name("x." + MixedHandshakeTests.names[host]) }
            if !protocols.isEmpty { oracle.offer(protocols) }
            return oracle
        }
    }

    private func settings(_ random: inout Seeded) -> TLSServerSettings {
        var settings = TLSServerSettings()
        if Bool.random(using: &random) {
            settings.clientAuthorities = Certificate.authority.chain
            settings.requiresClientCertificate = Bool.random(using: &random)
        }
        if Bool.random(using: &random) { settings.ticketKeys = random.bytes(160) }
        if Int.random(in: 0..<4, using: &random) == 0 { settings.minimumVersion = .v13 }
        if Int.random(in: 0..<3, using: &random) == 0 { settings.recordLayer = .libssl }
        return settings
    }

    /// The only kind of failure that there can be; nil if the handshake must succeed.
    private func failures(
        _ settings: TLSServerSettings, _ client: Client
    ) -> Set<HandshakeFailure.Kind> {
        if settings.minimumVersion == .v13, client.version == TLS1_2_VERSION { return [.version] }
        if client.protocols == ["h2"] { return [.applicationProtocol] }
        guard settings.clientAuthorities != nil else { return [] }
        guard client.certificate != nil else {
            return settings.requiresClientCertificate ? [.noClientCertificate] : []
        }
        return client.isTrusted ? [] : [.peerCertificate]
    }

    @Test("A server's handshakes", arguments: 0..<UInt64(150))
    func server(seed: UInt64) throws {
        var random = Seeded(seed)
        let settings = settings(&random)
        let count = Int.random(in: 1...3, using: &random)
        let contexts = try TLSServerContexts(
            Self.certificates[..<count].map(\.certified), settings)
        let client = Client(&random)
        let talk = Conversation(contexts, client.oracle())
        let pieceLimit = Int.random(in: 1...2000, using: &random)
        talk.shakeHands(pieceLimit: pieceLimit)
        let kinds = failures(settings, client)
        guard kinds.isEmpty else {
            guard case .handshakeFailed(let failure) = talk.end else {
                Issue.record("the handshake succeeded, and must end with \(kinds)")
                return
            }
            #expect(kinds.contains(failure.kind) && !talk.isEstablished)
            #expect(talk.oracle.failure != nil)
            return
        }
        try check(talk, settings, client, count, isResumed: false)
        talk.settle(talk.oracle.close())
        guard talk.oracle.failure == nil else { return }
        // Once more, with the ticket, at a server with the same settings.
        let again = try TLSServerContexts(
            Self.certificates[..<count].map(\.certified), settings)
        let next = talk.oracle.resumed(version: client.version)
        if let host = client.host { next.name("x." + Self.names[host]) }
        let second = Conversation(again, next)
        second.shakeHands(pieceLimit: pieceLimit)
        try check(second, settings, client, count, isResumed: true)
    }

    private func check(
        _ talk: Conversation, _ settings: TLSServerSettings, _ client: Client, _ count: Int,
        isResumed: Bool
    ) throws {
        #expect(talk.isEstablished && talk.end == nil && talk.oracle.isEstablished)
        let isOwn = client.version == TLS1_3_VERSION && settings.recordLayer == .own
        #expect(talk.canBeSaved == isOwn)
        let hasName = settings.clientAuthorities != nil && client.certificate != nil
        #expect(talk.peerName == (hasName ? "Alice" : nil))
        let number = client.host.map { $0 < count ? $0 : 0 } ?? 0
        #expect(talk.oracle.peerCommonName == Self.names[number])
        let summary = talk.takeSummary()
        #expect(summary?.isResumed == isResumed && talk.oracle.isResumed == isResumed)
        #expect(summary?.version == (client.version == TLS1_3_VERSION ? .v13 : .v12))
        #expect(summary?.serverName == client.host.map { "x." + Self.names[$0] })
        for byte: UInt8 in 0..<3 {
            if isOwn { try talk.restart() }
            try talk.send([byte])
            #expect(talk.oracle.takeReceived() == [byte])
            talk.settle(talk.oracle.send([byte, byte]))
            #expect(talk.takeReceived() == [byte, byte])
        }
        #expect(talk.peerName == (hasName ? "Alice" : nil))
    }
}

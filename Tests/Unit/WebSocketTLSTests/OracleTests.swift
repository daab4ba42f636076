// Our sessions against OpenSSL's own TLS, in both roles.

import CSSL
import Foundation
import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Sessions with OpenSSL")
struct OracleTests {
    static let suites = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]
    static let roles = [RecordLayer.Role.client, .server]

    private func conversation(
        _ role: RecordLayer.Role, suites: String? = nil, version: Int32 = TLS1_3_VERSION
    ) throws -> Conversation {
        try Conversation(
            role, Oracle(isServer: role == .client, suites: suites, version: version))
    }

    @Test("The record layer goes on after the handshake", arguments: roles, suites)
    func detaches(role: RecordLayer.Role, suite: String) throws {
        let talk = try conversation(role, suites: suite)
        talk.shakeHands()
        #expect(talk.isEstablished && talk.layer != nil)
        #expect(talk.keptReason == nil)
        // For a server, libssl has written two tickets.
        #expect(talk.layer?.sentRecordCount == (role == .server ? 2 : 0))
        try talk.send([1, 2, 3])
        #expect(talk.oracle.takeReceived() == [1, 2, 3])
        talk.settle(talk.oracle.send([4, 5]))
        #expect(talk.takeReceived() == [4, 5])
        talk.close()
        #expect(talk.oracle.hasClosed && talk.oracle.failure == nil)
    }

    @Test("TLS 1.2 stays with libssl, behind the same calls", arguments: roles)
    func keeps(role: RecordLayer.Role) throws {
        let talk = try conversation(role, version: TLS1_2_VERSION)
        talk.shakeHands()
        #expect(talk.isEstablished && !talk.canBeSaved)
        #expect(talk.keptReason == .version)
        let data = [UInt8](repeating: 9, count: 40_000)
        try talk.send(data)
        #expect(talk.oracle.takeReceived() == data)
        talk.settle(talk.oracle.send(data))
        #expect(talk.takeReceived() == data)
        talk.settle(talk.oracle.close())
        #expect(talk.end == .records(.closed))
    }

    @Test("The handshake's bytes may be cut anywhere", arguments: roles, [1, 2, 5, 63, 1000])
    func cuts(role: RecordLayer.Role, pieceLimit: Int) throws {
        let talk = try conversation(role)
        talk.shakeHands(pieceLimit: pieceLimit)
        #expect(talk.layer != nil)
        talk.settle(talk.oracle.send([1]), pieceLimit: pieceLimit)
        #expect(talk.takeReceived() == [1])
        try talk.send([2])
        #expect(talk.oracle.takeReceived() == [2])
    }

    @Test("Data right behind a client's Finished goes to the record layer")
    func dataWithFinished() throws {
        let talk = try conversation(.server)
        // What the client sends last has its Finished; its data follows in the same piece.
        talk.receive(talk.oracle.receive([]))
        let finished = talk.oracle.receive(talk.takeOutput())
        talk.settle(finished + talk.oracle.send([1, 2, 3]))
        #expect(talk.layer != nil)
        #expect(talk.takeReceived() == [1, 2, 3])
    }

    @Test("A certificate for another name is refused", arguments: ["example.org", "127.0.0.2"])
    func wrongName(name: String) throws {
        let talk = try Conversation(.client, serverName: name, Oracle(isServer: true))
        talk.shakeHands()
        guard case .handshakeFailed = talk.end else {
            Issue.record("the handshake succeeded")
            return
        }
        let sentence =
            "The server's certificate is for localhost, 127.0.0.1, and not for \(name)."
        #expect(talk.end?.description == sentence)
        #expect(talk.oracle.failure != nil)
    }

    @Test("An address is a name", arguments: ["127.0.0.1", "localhost"])
    func address(name: String) throws {
        let talk = try Conversation(.client, serverName: name, Oracle(isServer: true))
        talk.shakeHands()
        #expect(talk.isEstablished)
    }

    @Test("A client begins nothing without a name that can be compared")
    func noName() throws {
        let long = String(repeating: "a", count: 300)
        for name in [
            nil, "", ".", ".localhost", "localhost\0", "localhost\0.a.org", "\0localhost", long,
        ] {
            let talk = try Conversation(.client, serverName: name, Oracle(isServer: true))
            talk.shakeHands()
            #expect(talk.end?.description.contains("ssl3 ext invalid servername") == true)
            #expect(!talk.isEstablished && !talk.oracle.isEstablished)
        }
    }

    @Test("Bytes that are no TLS fail the handshake, which says why")
    func noTLS() throws {
        let talk = try conversation(.server)
        talk.receive([UInt8]("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(talk.end?.description.contains("plain HTTP") == true)
        #expect(!talk.isEstablished)
    }

    /// More seeds than usual: `ROOST_SEEDS=1000 swift test --filter OracleTests`.
    static let seedCount =
        ProcessInfo.processInfo.environment["ROOST_SEEDS"].flatMap { UInt64($0) } ?? 30

    @Test("Conversations at random", arguments: 0..<seedCount)
    func random(seed: UInt64) throws {
        var random = Seeded(seed)
        let role: RecordLayer.Role = seed.isMultiple(of: 2) ? .client : .server
        let talk = try conversation(role, suites: Self.suites[Int(seed / 2) % 3])
        talk.shakeHands(pieceLimit: Int.random(in: 1...3000, using: &random))
        talk.ciphers.recordsPerKey = [3, 7, 40, 1 << 24].randomElement(using: &random)!
        var isRight = true
        for _ in 0..<60 {
            let data = random.bytes(
                Int.random(in: 1...(Bool.random(using: &random) ? 40_000 : 100), using: &random))
            let pieceLimit = Int.random(in: 1...5000, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                try talk.send(data)
                isRight = isRight && talk.oracle.takeReceived() == data
            case 3...5:
                talk.settle(talk.oracle.send(data), pieceLimit: pieceLimit)
                isRight = isRight && talk.takeReceived() == data
            case 6:
                let requestsAnswer = Bool.random(using: &random)
                talk.settle(
                    talk.oracle.updateKey(requestsAnswer: requestsAnswer), pieceLimit: pieceLimit)
            default:
                if Bool.random(using: &random) {
                    talk.oracle.pad(to: Int.random(in: 1...512, using: &random))
                }
                try talk.restart()
            }
            #expect(isRight && talk.oracle.failure == nil && talk.end == nil)
        }
        if Bool.random(using: &random) {
            talk.close()
        } else {
            talk.settle(talk.oracle.close())
            talk.close()
        }
        #expect(talk.oracle.hasClosed && talk.oracle.failure == nil)
    }

    @Test(
        "After the peer's close_notify it still gets what we send, and then ours (RFC 8446 §6.1)",
        arguments: roles, [TLS1_2_VERSION, TLS1_3_VERSION])
    func halfClosed(role: RecordLayer.Role, version: Int32) throws {
        let talk = try conversation(role, version: version)
        talk.shakeHands()
        talk.receive(talk.oracle.send([1, 2]) + talk.oracle.close())
        #expect(talk.end == .records(.closed) && talk.takeReceived() == [1, 2])
        #expect(talk.takeOutput().isEmpty)
        if talk.canBeSaved { try talk.restart() }
        let data = [UInt8](repeating: 9, count: 40_000)
        try talk.send(data)
        #expect(talk.oracle.takeReceived() == data && !talk.oracle.hasClosed)
        talk.close()
        #expect(talk.oracle.hasClosed && talk.oracle.failure == nil)
        #expect(throws: RecordFault.sendingEnded) { try talk.send([1]) }
    }
}

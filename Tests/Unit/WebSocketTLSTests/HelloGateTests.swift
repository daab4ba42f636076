// ClientHellos of any length and cut: libssl gets them whole, or not at all.

import CSSL
import Storage
import Testing

@testable import WebSocketTLS

@Suite struct HelloGateTests {
    private func server() throws -> Conversation {
        try Conversation(.server, Oracle(isServer: false))
    }

    /// The kind of the failure's code, and the alert that the client gets.
    private func isRefused(_ talk: Conversation) -> Bool {
        guard case .handshakeFailed(let failure) = talk.end else { return false }
        return failure.code == SSLReason.messageTooLong
            && talk.takeOutput().suffix(7) == HelloGate.alert[...]
    }

    /// The hello with an extension of padding (RFC 7685), so that the message has this length.
    private func padded(_ hello: [UInt8], to length: Int) -> [UInt8] {
        // Behind version, random and session, suites and compression methods.
        var place = 5 + 4 + 2 + 32
        place += 1 + Int(hello[place])
        place += 2 + Int(hello[place]) << 8 + Int(hello[place + 1])
        place += 1 + Int(hello[place])
        let padding = length - (hello.count - 9) - 4
        let extensionCount = hello.count - place - 2 + 4 + padding
        var message: [UInt8] = [1, 0, UInt8(length >> 8), UInt8(length & 0xFF)]
        message += hello[9..<place]
        message += [UInt8(extensionCount >> 8), UInt8(extensionCount & 0xFF)]
        message += hello[(place + 2)...]
        message += [0, 21, UInt8(padding >> 8), UInt8(padding & 0xFF)]
        message += [UInt8](repeating: 0, count: padding)
        return message
    }

    private func records(_ message: [UInt8], of byteCount: Int) -> [UInt8] {
        stride(from: 0, to: message.count, by: byteCount).flatMap { start in
            let part = message[start..<min(start + byteCount, message.count)]
            return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
        }
    }

    @Test(arguments: [2_000, HelloGate.byteLimit], [1_000, 16_384])
    func `A long hello is answered, in one record or many`(length: Int, recordLength: Int) throws {
        let talk = try server()
        let bytes = records(padded(talk.oracle.receive([]), to: length), of: recordLength)
        for start in stride(from: 0, to: bytes.count, by: 700) {
            #expect(talk.takeOutput().isEmpty)
            talk.receive(Array(bytes[start..<min(start + 700, bytes.count)]))
        }
        #expect(talk.end == nil && talk.takeOutput().prefix(6) == [22, 3, 3, 0, 122, 2])
    }

    @Test(arguments: [1, 2, 3, 4, 100])
    func `A hello that is to be longer is refused at its header`(recordLength: Int) throws {
        let talk = try server()
        let bytes = records([1, 0, 0x40, 1, 3, 3, 0, 0], of: recordLength)
        var count = 0
        for byte in bytes where talk.end == nil {
            #expect(talk.takeOutput().isEmpty)
            talk.receive([byte])
            count += 1
        }
        #expect(isRefused(talk))
        #expect(recordLength > 4 || count <= 24)
    }

    @Test func `A hello in crumbs, and warnings before it, are bounded`() throws {
        for crumb: [UInt8] in [[22, 3, 1, 0, 0], [21, 3, 1, 0, 2, 1, 90], [20, 3, 3, 0, 1, 1]] {
            let talk = try server()
            for _ in 0..<4_100 where talk.end == nil { talk.receive(crumb) }
            #expect(isRefused(talk))
        }
        // Nothing is hidden behind them.
        for crumb: [UInt8] in [[22, 3, 1, 0, 0], [21, 3, 1, 0, 2, 1, 90], [20, 3, 3, 0, 1, 1]] {
            let talk = try server()
            talk.receive([22, 3, 1, 0, 1, 1])
            talk.receive(crumb)
            talk.receive([22, 3, 1, 0, 3, 2, 0, 0])
            #expect(isRefused(talk))
        }
    }

    @Test func `Nothing follows a hello in its record`() throws {
        let talk = try server()
        var hello = talk.oracle.receive([])
        hello[4] += 4
        talk.receive(hello + [1, 2, 0, 0])
        #expect(isRefused(talk))
    }

    /// A server that knows another group than clients hope for.
    private func askingAgain() throws -> TLSServerContexts {
        let contexts = try TLSServerContexts([Certificate.localhost.certified])
        // SSL_CTX_set1_groups_list, which is a macro.
        "P-256".withCString {
            _ = SSL_CTX_ctrl(
                contexts.first.pointer, SSL_CTRL_SET_GROUPS_LIST, 0,
                UnsafeMutableRawPointer(mutating: $0))
        }
        return contexts
    }

    @Test(arguments: [false, true])
    func `The hello that a server asks for again is bounded, too`(isAtOnce: Bool) throws {
        let talk = Conversation(try askingAgain(), Oracle(isServer: false))
        let hello = talk.oracle.receive([])
        let header: [UInt8] = [20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 1, 2, 0, 0]
        if isAtOnce {
            talk.receive(hello + header)
        } else {
            talk.receive(hello)
            #expect(talk.end == nil)
            talk.receive(header)
        }
        #expect(isRefused(talk))
    }

    @Test func `An honest client says hello again`() throws {
        let contexts = try askingAgain()
        for pieceLimit in [1, 100, .max] {
            let talk = Conversation(contexts, Oracle(isServer: false))
            talk.shakeHands(pieceLimit: pieceLimit)
            #expect(talk.layer != nil)
            talk.settle(talk.oracle.send([1]))
            #expect(talk.takeReceived() == [1])
        }
    }
}

// KeyUpdates and other handshake messages after the handshake, in all shapes that can be right or
// wrong (RFC 8446 §4.6, §5.1).

import Storage
import Testing

@testable import WebSocketTLS

@Suite("Rules of KeyUpdates")
struct KeyUpdateRuleTests {
    private static let update: [UInt8] = [24, 0, 0, 1, 0]
    private static let request: [UInt8] = [24, 0, 0, 1, 1]

    /// How a server ends that gets these contents of handshake records.
    private func end(_ contents: [[UInt8]], then type: UInt8? = nil) throws -> RecordEnd? {
        let (client, server) = Side.pair(.aes128GCM)
        for content in contents { server.receive(try client.seal(content, type: 22)) }
        if let type { server.receive(try client.seal([1, 0], type: type)) }
        return server.end
    }

    @Test("A KeyUpdate may be cut in every way, and padded", arguments: 0..<16)
    func cuts(mask: Int) throws {
        for message in [Self.update, Self.request] {
            let (client, server) = Side.pair(.chaCha20Poly1305)
            var piece: [UInt8] = []
            var answer: [UInt8] = []
            for (index, byte) in message.enumerated() {
                piece.append(byte)
                guard index == 4 || mask & 1 << index != 0 else { continue }
                #expect(answer.isEmpty)
                let padding = [UInt8](repeating: 0, count: mask)
                answer = server.receive(try client.seal(piece + [22] + padding, type: 0))
                piece = []
            }
            client.layer.sending.update(.chaCha20Poly1305)
            #expect(answer.isEmpty == (message == Self.update))
            client.receive(answer)
            server.receive(try client.seal([7]))
            client.receive(try server.seal([8]))
            #expect(server.received == [7] && client.received == [8])
        }
    }

    @Test("Its value is 0 or 1", arguments: 2...255 as ClosedRange<UInt8>)
    func values(value: UInt8) throws {
        #expect(try end([[24, 0, 0, 1, value]]) == .fault(.badKeyUpdate))
        #expect(try end([[24, 0, 0, 1], [value]]) == .fault(.badKeyUpdate))
    }

    @Test("Its length is 1, and another is refused before its body has come")
    func lengths() throws {
        for length: [UInt8] in [
            [0, 0, 0], [0, 0, 2], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [255, 255, 255],
        ] {
            #expect(try end([[24] + length]) == .fault(.malformed))
            #expect(try end([[24], length]) == .fault(.malformed))
        }
    }

    @Test("Nothing may follow it in its record")
    func boundary() throws {
        for first in [Self.update, Self.request] {
            for second in [[24], Self.update, Self.request, [0], [4, 0, 0, 20]] {
                #expect(try end([first + second]) == .fault(.unexpectedHandshake))
                #expect(
                    try end([Array(first[..<4]), first[4...] + second])
                        == .fault(.unexpectedHandshake))
            }
        }
    }

    @Test("A part of a message is followed by the rest, and nothing else", arguments: 1...4)
    func interleaved(count: Int) throws {
        let part = Array(Self.update[..<count])
        for type: UInt8 in [21, 23] {
            #expect(try end([part], then: type) == .fault(.unexpectedHandshake))
        }
        // Not even a record without content, or a change_cipher_spec.
        #expect(try end([part, []]) == .fault(.unexpectedHandshake))
        let (client, server) = Side.pair(.aes128GCM)
        server.receive(try client.seal(part, type: 22))
        server.receive(try client.seal([], type: 23))
        #expect(server.end == .fault(.unexpectedHandshake))
        let (other, third) = Side.pair(.aes128GCM)
        third.receive(try other.seal(part, type: 22))
        third.receive([20, 3, 3, 0, 1, 1])
        #expect(third.end == .fault(.unexpectedType))
    }

    @Test("After it the old key is not used any more")
    func oldKey() throws {
        let (client, server) = Side.pair(.aes128GCM)
        let old = client.layer.sending
        server.receive(try client.seal(Self.update, type: 22))
        client.layer.sending = old
        server.receive(try client.seal([1]))
        #expect(server.end == .fault(.badTag))
        #expect(server.received.isEmpty)
    }

    @Test("A new key that nobody has announced is refused")
    func unannounced() throws {
        let (client, server) = Side.pair(.aes128GCM)
        client.layer.sending.update(.aes128GCM)
        server.receive(try client.seal([1]))
        #expect(server.end == .fault(.badTag))
    }

    @Test("The answer is sealed with the old key, and all that follows with the new one (§4.6.3)")
    func answers() throws {
        let (client, server) = Side.pair(.aes256GCM)
        var sealed = try client.seal(Self.request, type: 22)
        client.layer.sending.update(.aes256GCM)
        sealed += try client.seal([1])
        let before = server.layer.sending.id
        let answer = server.receive(sealed)
        #expect(server.layer.sending.id != before)
        #expect(server.layer.sentRecordCount == 0)
        // It asks for nothing itself: two who ask each other would never end.
        #expect(client.receive(answer + (try server.seal([2]))).isEmpty)
        #expect(server.received == [1] && client.received == [2])
    }

    @Test("Nobody makes us change keys for ever: 32 KeyUpdates without data, and no more")
    func flood() throws {
        let (client, server) = Side.pair(.aes128GCM)
        var answerByteCount = 0
        for count in 1...33 {
            let answer = server.receive(try client.seal(Self.request, type: 22))
            client.layer.sending.update(.aes128GCM)
            answerByteCount += answer.count
            #expect((server.end == nil) == (count <= 32))
        }
        #expect(server.end == .fault(.tooManyEmpty))
        // 27 bytes each, and the alert.
        #expect(answerByteCount == 32 * 27 + 24)
    }

    @Test("Over time there is a KeyUpdate for two records of data, and 32 in advance")
    func debt() throws {
        for (recordCount, updateCount) in [(0, 32), (1, 63), (2, 400), (3, 400)] {
            let (client, server) = Side.pair(.aes128GCM)
            var count = 0
            while count < 400, server.end == nil {
                for _ in 0..<recordCount { server.receive(try client.seal([1])) }
                server.receive(try client.seal(Self.request, type: 22))
                client.layer.sending.update(.aes128GCM)
                count += server.end == nil ? 1 : 0
                // A new process does not forget it.
                var writer = StateWriter()
                server.layer.save(to: &writer)
                var reader = StateReader(writer.finish())
                server.layer = try RecordLayer(restoring: &reader)
            }
            #expect(count == updateCount)
        }
    }

    @Test("No other handshake message comes after the handshake (§4.6)")
    func types() throws {
        for type: UInt8 in 0...255 where type != 24 {
            #expect(try end([[type, 0, 0, 32]]) == .fault(.unexpectedHandshake))
            guard type != 4 else { continue }
            let (client, server) = Side.pair(.aes128GCM)
            client.receive(try server.seal([type, 0, 0, 32], type: 22))
            #expect(client.end == .fault(.unexpectedHandshake))
        }
    }

    @Test("A ticket has the length of its fields at least, and at most (§4.6.1)")
    func ticketLengths() throws {
        for (count, isRight) in [
            (0, false), (13, false), (14, true), (131_337, true), (131_338, false),
            (0xFF_FFFF, false),
        ] {
            let (client, server) = Side.pair(.aes128GCM)
            let header = [4, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
            client.receive(try server.seal(header, type: 22))
            #expect(client.end == (isRight ? nil : .fault(.malformed)))
        }
    }

    @Test("A client takes tickets and a KeyUpdate in one record")
    func ticketAndUpdate() throws {
        let ticket: [UInt8] = [4, 0, 0, 14] + [UInt8](repeating: 9, count: 14)
        let (client, server) = Side.pair(.aes128GCM)
        let answer = client.receive(try server.seal(ticket + ticket + Self.request, type: 22))
        server.layer.sending.update(.aes128GCM)
        server.receive(answer)
        client.receive(try server.seal([1]))
        server.receive(try client.seal([2]))
        #expect(client.received == [1] && server.received == [2])
    }
}

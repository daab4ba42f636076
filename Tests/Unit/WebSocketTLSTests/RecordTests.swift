// Records between two layers of ours: cuts, damage, limits, and what is refused with which alert.

import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Records")
struct RecordTests {
    @Test("A connection's state is small", arguments: [256])
    func isSmall(limit: Int) {
        #expect(MemoryLayout<RecordLayer>.size <= limit)
    }

    @Test("Content of every size arrives", arguments: CipherSuite.allCases)
    func sizes(suite: CipherSuite) throws {
        let (client, server) = Side.pair(suite)
        var random = Seeded(1)
        for count in [1, 2, 15, 16, 17, 1000, 16_383, 16_384, 16_385, 50_000] {
            let data = random.bytes(count)
            let sealed = try client.seal(data)
            let recordCount = (count + 16_383) / 16_384
            #expect(sealed.count == count + 22 * recordCount)
            server.receive(sealed)
            #expect(server.takeReceived() == data)
        }
        #expect(try client.seal([]).isEmpty)
    }

    @Test("Wherever the bytes are cut, the same arrives")
    func cuts() throws {
        let (client, _) = Side.pair(.aes128GCM)
        var sealed = try client.seal([1, 2, 3])
        sealed += try client.seal([24, 0, 0, 1, 0], type: 22)
        client.layer.sending.update(.aes128GCM)
        sealed += try client.seal([4, 5])
        sealed += client.close()
        for cut in 0...sealed.count {
            let (_, server) = Side.pair(.aes128GCM)
            server.receive(Array(sealed[..<cut]))
            server.receive(Array(sealed[cut...]))
            #expect(server.received == [1, 2, 3, 4, 5])
            #expect(server.end == .closed)
        }
        let (_, server) = Side.pair(.aes128GCM)
        for byte in sealed { server.receive([byte]) }
        #expect(server.received == [1, 2, 3, 4, 5])
        #expect(server.end == .closed)
    }

    @Test("Every flipped bit is refused", arguments: CipherSuite.allCases)
    func flips(suite: CipherSuite) throws {
        let (client, _) = Side.pair(suite)
        let sealed = try client.seal([1, 2, 3, 4])
        for bit in 0..<sealed.count * 8 {
            var damaged = sealed
            damaged[bit / 8] ^= 1 << (bit % 8)
            let (_, server) = Side.pair(suite)
            let answer = server.receive(damaged)
            #expect(server.received.isEmpty)
            // A length that became longer waits for the rest.
            if case .needsMore = server.event {
                #expect(bit / 8 == 3 || bit / 8 == 4)
                continue
            }
            #expect(!answer.isEmpty, "bit \(bit) is answered by an alert")
            #expect(server.event != .ended(.closed))
        }
    }

    @Test("Records that are lost, repeated or exchanged are refused")
    func order() throws {
        let (client, _) = Side.pair(.chaCha20Poly1305)
        let first = try client.seal([1])
        let second = try client.seal([2])
        for sealed in [second, first + first, second + first] {
            let (_, server) = Side.pair(.chaCha20Poly1305)
            server.receive(sealed)
            #expect(server.end == .fault(.badTag))
        }
    }

    @Test("Padding is taken off, up to the limit")
    func padding() throws {
        let (client, server) = Side.pair(.aes256GCM)
        for count in [1, 100, 16_384 - 2] {
            // Type 0 makes the last content byte that is not zero the type.
            let padding = [UInt8](repeating: 0, count: count - 1)
            server.receive(try client.seal([7, 23] + padding, type: 0))
            #expect(server.takeReceived() == [7])
        }
        server.receive(try client.seal([0, 0, 0], type: 0))
        #expect(server.end == .fault(.noType))
    }

    static let refused: [([UInt8], UInt8, RecordFault)] = [
        ([1], 20, .unexpectedType), ([1], 24, .unexpectedType), ([1], 255, .unexpectedType),
        ([], 22, .unexpectedHandshake),
        ([24, 0, 0, 2, 0, 0], 22, .malformed), ([24, 0, 0, 0], 22, .malformed),
        ([24, 0, 0, 1, 2], 22, .badKeyUpdate), ([24, 0, 0, 1, 255], 22, .badKeyUpdate),
        ([24, 0, 0, 1, 0, 24], 22, .unexpectedHandshake),
        ([1, 0, 0, 1, 0], 22, .unexpectedHandshake), ([13, 0, 0, 1], 22, .unexpectedHandshake),
        ([4, 0, 0, 1, 0], 22, .unexpectedHandshake),
        ([1], 21, .malformed), ([1, 0, 0], 21, .malformed), ([], 21, .unexpectedType),
    ]

    @Test("What may not come is refused with its alert", arguments: refused)
    func refusals(content: [UInt8], type: UInt8, fault: RecordFault) throws {
        let (client, server) = Side.pair(.aes128GCM)
        client.receive(server.receive(try client.seal(content, type: type)))
        #expect(server.end == .fault(fault))
        #expect(client.end == .alert(fault.alert.rawValue))
        #expect(throws: RecordFault.sendingEnded) { try server.seal([1]) }
    }

    @Test("Headers that cannot be are refused before the rest has come")
    func headers() {
        let cases: [([UInt8], RecordFault)] = [
            ([21, 3, 3, 0, 2], .unexpectedType), ([20, 3, 3, 0, 1], .unexpectedType),
            ([71, 69, 84, 32, 47], .unexpectedType), ([23, 3, 3, 0x41, 1], .tooLong),
            ([23, 3, 3, 0xFF, 0xFF], .tooLong), ([23, 3, 3, 0, 15], .badTag),
        ]
        for (header, fault) in cases {
            let (_, server) = Side.pair(.aes128GCM)
            server.receive(header)
            #expect(server.end == .fault(fault))
        }
        let (_, server) = Side.pair(.aes128GCM)
        server.receive([23, 3, 3, 0x41, 0])
        #expect(server.event == .needsMore)
    }

    @Test("Content and padding may have 16,384 bytes together, and no more")
    func longContent() throws {
        for (count, isRight) in [(16_384, true), (16_385, false), (16_623, false)] {
            let (client, server) = Side.pair(.aes128GCM)
            let record = try Side.sealed(
                [7] + [23] + [UInt8](repeating: 0, count: count - 1), client)
            server.receive(record)
            #expect(server.received == (isRight ? [7] : []))
            #expect(server.end == (isRight ? nil : .fault(.tooLong)))
        }
    }

    @Test("A handshake message may be cut into records, and nothing may come between")
    func fragments() throws {
        let (client, server) = Side.pair(.aes128GCM)
        for byte: UInt8 in [24, 0, 0, 1] { server.receive(try client.seal([byte], type: 22)) }
        server.receive(try client.seal([0], type: 22))
        client.layer.sending.update(.aes128GCM)
        server.receive(try client.seal([9]))
        #expect(server.received == [9])
        server.receive(try client.seal([24, 0], type: 22))
        server.receive(try client.seal([1]))
        #expect(server.end == .fault(.unexpectedHandshake))
    }

    @Test("A client skips tickets, of any size and in any number of records")
    func tickets() throws {
        let (client, server) = Side.pair(.aes256GCM)
        let ticket: [UInt8] = [4, 0, 0x80, 0] + [UInt8](repeating: 5, count: 0x8000)
        for start in stride(from: 0, to: ticket.count, by: 16_384) {
            let part = ticket[start..<min(start + 16_384, ticket.count)]
            client.receive(try server.seal(Array(part), type: 22))
        }
        client.receive(try server.seal([1, 2]))
        #expect(client.received == [1, 2])
        client.receive(try server.seal([4, 0xFF, 0xFF, 0xFF], type: 22))
        #expect(client.end == .fault(.malformed))
    }

    @Test("32 records in a row may be empty, and no more")
    func emptyRecords() throws {
        let (client, server) = Side.pair(.aes128GCM)
        for _ in 0..<3 {
            for _ in 0..<32 { server.receive(try client.seal([], type: 23)) }
            server.receive(try client.seal([1]))
        }
        #expect(server.received == [1, 1, 1])
        for _ in 0..<33 { server.receive(try client.seal([], type: 23)) }
        #expect(server.end == .fault(.tooManyEmpty))
    }

    @Test("After 32 empty records an alert is heard, but no other user_canceled")
    func alertAfterEmpty() throws {
        for (number, end) in [
            (0, RecordEnd.closed), (40, .alert(40)), (90, .fault(.tooManyEmpty)),
        ] as [(UInt8, RecordEnd)] {
            let (client, server) = Side.pair(.aes128GCM)
            for _ in 0..<32 { server.receive(try client.seal([1, 90], type: 21)) }
            server.receive(try client.seal([1, number], type: 21))
            #expect(server.end == end)
        }
    }

    @Test("user_canceled is ignored, every other alert ends the connection unanswered")
    func alerts() throws {
        let (client, server) = Side.pair(.aes128GCM)
        server.receive(try client.seal([1, 90], type: 21))
        #expect(server.event == .needsMore)
        #expect(server.receive(try client.seal([1, 80], type: 21)).isEmpty)
        #expect(server.end == .alert(80))
        #expect(server.close().isEmpty)
    }

    @Test("Either side's close_notify ends its own direction alone (RFC 8446 §6.1)")
    func closing() throws {
        let (client, server) = Side.pair(.aes128GCM)
        let notice = server.close()
        #expect(server.close().isEmpty)
        server.receive(try client.seal([1]))
        #expect(server.received == [1])
        #expect(client.receive(notice).isEmpty)
        #expect(client.end == .closed)
        server.receive(try client.seal([2]) + client.close())
        #expect(server.received == [1, 2])
        #expect(server.end == .closed)
    }
}

// Counters and new keys: after 3, 7 and 40 records instead of 2^24, and at the end of numbers.

import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("New keys")
struct RekeyTests {
    @Test(
        "Both sides change keys in time", arguments: [3, 7, 40] as [UInt64], CipherSuite.allCases)
    func rekeys(limit: UInt64, suite: CipherSuite) throws {
        let (client, server) = Side.pair(suite)
        client.ciphers.recordsPerKey = limit
        server.ciphers.recordsPerKey = limit
        var random = Seeded(limit)
        let firstSecret = client.layer.sending.secret
        for _ in 0..<Int(limit) * 5 {
            for (from, to) in [(client, server), (server, client)] {
                let data = random.bytes(Int.random(in: 1...100, using: &random))
                var answer = to.receive(try from.seal(data))
                var (next, other) = (from, to)
                while !answer.isEmpty {
                    answer = next.receive(answer)
                    (next, other) = (other, next)
                }
                #expect(to.takeReceived() == data)
                #expect(to.end == nil)
                // One more record than the limit: the KeyUpdate.
                #expect(from.layer.sentRecordCount <= limit + 1)
                #expect(from.layer.sentRecordCount == to.layer.receivedRecordCount)
            }
        }
        var isOther = false
        for index in 0..<32 where client.layer.sending.secret[index] != firstSecret[index] {
            isOther = true
        }
        #expect(isOther)
    }

    @Test("A peer that keeps its key too long is asked once for another")
    func asks() throws {
        let (client, server) = Side.pair(.aes128GCM)
        server.ciphers.recordsPerKey = 3
        var questions: [[UInt8]] = []
        for _ in 0..<5 {
            let answer = server.receive(try client.seal([1]))
            if !answer.isEmpty { questions.append(answer) }
        }
        #expect(questions.count == 1)
        // The client answers with a KeyUpdate, and the next question comes 3 records later.
        let answer = client.receive(questions[0])
        #expect(!answer.isEmpty)
        #expect(server.receive(answer).isEmpty)
        #expect(server.layer.receivedRecordCount == 0)
        server.receive(try client.seal([2]))
        #expect(server.received == [1, 1, 1, 1, 1, 2])
        client.receive(try server.seal([3]))
        #expect(client.received == [3])
    }

    @Test("Each request for a new key is answered, but not after our close_notify")
    func answers() throws {
        let (client, server) = Side.pair(.aes128GCM)
        for round in 0..<3 {
            let request = try client.seal([24, 0, 0, 1, 1], type: 22)
            client.layer.sending.update(.aes128GCM)
            if round == 2 { _ = server.close() }
            let answer = server.receive(request)
            #expect(answer.isEmpty == (round == 2))
            client.receive(answer)
            #expect(server.end == nil && client.end == nil)
        }
    }

    @Test("No number is used twice: at the end of numbers nothing is sealed or opened")
    func lastNumber() throws {
        let secret = [UInt8](repeating: 3, count: 32)
        let (client, server) = Side.pair(.aes128GCM)
        client.ciphers.recordsPerKey = .max
        server.ciphers.recordsPerKey = .max
        client.layer.sending = TrafficKeys(
            secret: secret.span, suite: .aes128GCM, recordCount: .max - 1)
        server.layer.receiving = client.layer.sending
        server.receive(try client.seal([1]))
        #expect(server.received == [1])
        #expect(throws: RecordFault.recordNumbersExhausted) {
            try client.seal([1], type: 23)
        }
        server.receive([23, 3, 3, 0, 17] + [UInt8](repeating: 0, count: 17))
        #expect(server.end == .fault(.recordNumbersExhausted))
    }

    @Test("Nothing is sealed with keys that were overwritten")
    func cleansed() throws {
        let (client, _) = Side.pair(.aes128GCM)
        client.layer.cleanse()
        #expect(throws: RecordFault.sendingEnded) { try client.seal([1]) }
        #expect(throws: RecordFault.recordNumbersExhausted) { try client.seal([1], type: 23) }
        for index in 0..<48 { #expect(client.layer.sending.secret[index] == 0) }
        for index in 0..<32 { #expect(client.layer.receiving.key[index] == 0) }
        var notes = HandshakeNotes()
        let line = "CLIENT_TRAFFIC_SECRET_0 " + String(repeating: "a", count: 64 + 1 + 64)
        notes.note(line: [UInt8](line.utf8).span)
        #expect(notes.client.count == 32 && notes.client.bytes[31] == 0xAA)
        notes.cleanse()
        #expect(notes.client.count == 0 && notes.client.bytes[31] == 0)
    }
}

// Random input of every kind: nothing of it may end the process, or be taken for data.

import CSSL
import Storage
import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Noise")
struct NoiseTests {
    @Test("Random contents of well sealed records", arguments: 0..<40 as Range<UInt64>)
    func contents(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let (client, server) = Side.pair(.aes128GCM)
            for _ in 0..<20 where server.end == nil {
                let type = ([21, 22, 23, 0, 99] as [UInt8]).randomElement(using: &random)!
                var content = random.bytes(Int.random(in: 0...8, using: &random))
                if Bool.random(using: &random) { content = [24, 0, 0, 1] + content }
                server.receive(try client.seal(content, type: type))
                // A KeyUpdate among them begins a new count.
                if server.layer.receivedRecordCount == 0 {
                    client.layer.sending.update(.aes128GCM)
                }
                let received = server.takeReceived()
                #expect(received.isEmpty || type == 0 || received == content)
            }
        }
    }

    @Test("Random bytes as records", arguments: 0..<10 as Range<UInt64>)
    func records(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<500 {
            let (_, server) = Side.pair(.chaCha20Poly1305)
            var noise = random.bytes(Int.random(in: 0...300, using: &random))
            if noise.count > 4, Bool.random(using: &random) {
                noise.replaceSubrange(0..<4, with: [23, 3, 3, 0])
            }
            server.receive(noise)
            #expect(server.received.isEmpty)
        }
    }

    @Test("Handshakes with a wrong byte", arguments: 0..<20 as Range<UInt64>)
    func handshakes(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<5 {
            let talk = try Conversation(.server, Oracle(isServer: false))
            var hello = talk.oracle.receive([])
            let position = Int.random(in: 5..<hello.count, using: &random)
            hello[position] ^= UInt8.random(in: 1...255, using: &random)
            talk.settle(hello)
            // Behind the record header, the transcripts differ, so that the two can never agree.
            #expect(!talk.isEstablished)
        }
    }

    @Test("Random states of another process", arguments: 0..<10 as Range<UInt64>)
    func states(seed: UInt64) {
        var random = Seeded(seed)
        let (client, _) = Side.pair(.aes128GCM)
        var writer = StateWriter()
        client.layer.save(to: &writer)
        let state = writer.finish()
        for _ in 0..<200 {
            var changed = state
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<changed.count, using: &random)
                changed[index] = UInt8(truncatingIfNeeded: random.next())
            }
            var reader = StateReader(changed)
            guard let layer = try? RecordLayer(restoring: &reader) else { continue }
            let side = Side(layer)
            side.receive(random.bytes(100))
            #expect(side.received.isEmpty)
        }
    }
}

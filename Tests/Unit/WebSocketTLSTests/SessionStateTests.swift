// Sessions that are saved and restored, and states that cannot be.

import Storage
import Testing

@testable import WebSocketTLS

@Suite("Saved sessions")
struct SessionStateTests {
    private func state(_ layer: RecordLayer) -> [UInt8] {
        var writer = StateWriter()
        layer.save(to: &writer)
        return writer.finish()
    }

    private func restore(_ state: [UInt8]) throws -> RecordLayer {
        var reader = StateReader(state)
        let layer = try RecordLayer(restoring: &reader)
        #expect(reader.isAtEnd)
        return layer
    }

    @Test("A restored layer goes on with the next record", arguments: CipherSuite.allCases)
    func restores(suite: CipherSuite) throws {
        let (client, server) = Side.pair(suite)
        for number: UInt8 in 0..<10 {
            server.receive(try client.seal([number]))
            server.layer = try restore(state(server.layer))
            client.receive(try server.seal([number]))
            client.layer = try restore(state(client.layer))
        }
        #expect(server.received == [UInt8](0..<10))
        #expect(client.received == [UInt8](0..<10))
    }

    @Test("A handshake message in the middle is kept")
    func keepsMessage() throws {
        let (client, server) = Side.pair(.aes128GCM)
        for byte: UInt8 in [24, 0, 0, 1, 0] {
            server.receive(try client.seal([byte], type: 22))
            server.layer = try restore(state(server.layer))
        }
        client.layer.sending.update(.aes128GCM)
        server.receive(try client.seal([1]))
        #expect(server.received == [1])
    }

    @Test("Half a record is kept, wherever it is cut")
    func keepsHalfRecord() throws {
        let talk = try Conversation(.server, Oracle(isServer: false))
        talk.shakeHands()
        for cut in 0..<27 {
            let record = talk.oracle.send([1, 2, 3, 4, 5])
            talk.receive(Array(record[..<cut]))
            try talk.restart()
            talk.receive(Array(record[cut...]))
            #expect(talk.takeReceived() == [1, 2, 3, 4, 5])
        }
    }

    @Test("The end is kept", arguments: [RecordEnd.closed, .alert(80), .fault(.badTag)])
    func keepsEnd(end: RecordEnd) throws {
        let (client, _) = Side.pair(.aes128GCM)
        client.layer.end = end
        #expect(try restore(state(client.layer)).end == end)
    }

    @Test("A layer that has refused something is saved and restored like any other")
    func keepsFault() throws {
        for (content, type) in RecordTests.refused.map({ ($0.0, $0.1) }) {
            let (client, server) = Side.pair(.aes128GCM)
            server.receive(try client.seal(content, type: type))
            #expect(try restore(state(server.layer)).end == server.end)
        }
    }

    @Test("A state that is cut off, or has an impossible value, is refused")
    func refuses() {
        let (client, _) = Side.pair(.aes256GCM)
        let whole = state(client.layer)
        for count in 0..<whole.count {
            #expect(throws: StateError.self) { try restore(Array(whole[..<count])) }
        }
        for (index, value) in [(0, 0), (0, 4), (1, 2), (whole.count - 2, 4)] {
            var changed = whole
            changed[index] = UInt8(value)
            #expect(throws: StateError.self) { try restore(changed) }
        }
    }

    @Test("A server that is in the middle of a ticket is refused: only clients get them")
    func refusesTicket() throws {
        let (client, server) = Side.pair(.aes128GCM)
        for layer in [client.layer, server.layer] {
            var layer = layer
            layer.handshake.header = [4, 0, 0, 50]
            layer.handshake.headerCount = 4
            layer.handshake.missingCount = 50
            if layer.role == .client {
                #expect(try restore(state(layer)).handshake.isInMessage)
            } else {
                #expect(throws: StateError.self) { try restore(state(layer)) }
            }
        }
    }
}

// How much a topic with keys retains, and what a key is.
import Testing
import WebSocketCore

@testable import WebSocketServer

@Suite struct RetainedMessagesTests {
    @Test func `There are no more keys than allowed, and the oldest go first`() {
        var table = TopicTable()
        var deflaters = DeflaterPool()
        let topic = table.make(policy: .latestPerKey, logByteLimit: 1000)
        let bounds = TopicTable.RetainedBounds(keyCount: 3, byteCount: 2000)
        func publish(_ key: Int, _ byteCount: Int) {
            let payload = [UInt8](repeating: 0x61, count: byteCount)
            let message = TopicTable.KeyedMessage(payload.span, .text, TopicKey(key), Span())
            _ = table.publish(keyed: message, to: topic, skipping: .none, bounds, &deflaters)
        }
        func keys() -> [TopicKey] {
            var keys: [TopicKey] = []
            table.retained[0].visit { key, _ in keys.append(key) }
            return keys
        }
        for key in [1, 2, 3, 1, 4] { publish(key, 10) }
        #expect(keys() == [3, 1, 4])
        #expect(table.evictionCount == 1)
        publish(1, 1700)
        #expect(keys() == [4, 1])
        // The newest stays, whatever its size.
        publish(5, 5000)
        #expect(keys() == [5])
        publish(6, 10)
        #expect(keys() == [6])
        #expect(table.retained[0].byteCount == 12 + 128)
        let wasThere = table.remove(6, from: topic)
        let isThere = table.remove(6, from: topic)
        #expect(wasThere && !isThere)
        #expect(table.retained[0].byteCount == 0)
        table.remove(topic)
        #expect(table.retained.count == 0)
    }

    @Test func `A text and a number are different keys`() {
        #expect(TopicKey("7") != TopicKey(7))
        #expect(TopicKey("") != TopicKey(0))
        #expect("\(TopicKey("ICE 7"))" == "ICE 7")
        #expect("\(TopicKey(-7))" == "-7")
    }
}

// A connection in the model of topics with keys, and the rules for what it may get.
import Storage
import WebSocketCore

@testable import WebSocketServer

/// A message of the model: "#topic,key,number;" and some more.
struct KeyedItem: Equatable {
    let topic: Int
    let key: Int
    let number: Int

    /// The message of a frame or an event.
    init(_ frame: ArraySlice<UInt8>) {
        let text = String(decoding: frame, as: UTF8.self)
        let numbers = text.split(separator: "#")[1].split(separator: ";")[0]
            .split(separator: ",").map { Int($0)! }
        (topic, key, number) = (numbers[0], numbers[1], numbers[2])
    }
}

/// A connection as topics see it, and what it got.
final class KeyedPeer {
    let encoding: Encoding
    /// Whether its socket takes everything at once.
    let isQuick: Bool
    var delivery = Delivery()
    var received: [UInt8] = []
    var topics: Set<Int> = []
    /// Of each topic the highest number of all when it joined.
    var joined: [Int: Int] = [:]
    /// The highest number so far, of each topic and of direct messages (-1).
    var highest: [Int: Int] = [:]
    /// What it must have at last: of each topic the newest number of each key.
    var owed: [Int: [Int: Int]] = [:]
    /// Numbers that it must not get.
    var forbidden: Set<Int> = []
    /// All that a quick one must get, in order, of each topic that it has caught up with.
    var everything: [Int: [Int]] = [:]
    var direct: [Int] = []

    init(_ encoding: Encoding, isQuick: Bool) {
        self.encoding = encoding
        self.isQuick = isQuick
    }

    func take(_ bytes: Span<UInt8>, room: Int) -> Int {
        let count = isQuick ? bytes.count : min(room, bytes.count)
        for index in 0..<count { received.append(bytes[index]) }
        return count
    }

    /// Looks at the whole frames that have come; false if one of them should not have come now.
    func check() -> Bool {
        while let byteCount = encoding == .eventStream
            ? EventStream.chunkByteCount(received.span) : FrameHeader.frameByteCount(received.span),
            byteCount <= received.count
        {
            let item = KeyedItem(received[..<byteCount])
            received.removeFirst(byteCount)
            guard accept(item) else { return false }
        }
        return true
    }

    private func accept(_ item: KeyedItem) -> Bool {
        guard item.number > highest[item.topic, default: 0], !forbidden.contains(item.number)
        else { return false }
        highest[item.topic] = item.number
        if item.topic < 0 { return direct.removeFirst() == item.number }
        // Not behind what was sent to it directly, after this was published or it had joined.
        guard max(item.number, joined[item.topic] ?? 0) >= highest[-1, default: 0] else {
            return false
        }
        if owed[item.topic]?[item.key] == item.number { owed[item.topic]![item.key] = nil }
        // Retained messages that it got as a newcomer are no part of everything.
        guard isQuick, let place = everything[item.topic]?.firstIndex(of: item.number) else {
            return true
        }
        everything[item.topic]!.removeFirst(place + 1)
        return place == 0
    }

    var hasAll: Bool {
        received.isEmpty && direct.isEmpty && owed.values.allSatisfy(\.isEmpty)
            && (!isQuick || everything.values.allSatisfy(\.isEmpty))
    }
}

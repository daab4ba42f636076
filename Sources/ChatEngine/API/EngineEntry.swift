// An entry of a room's log, with the bytes that the chat has given for it.
import Storage

/// An entry of a room's log. What its key and its body mean is the chat's business.
package struct EngineEntry: Equatable, Sendable {
    /// Where it stands.
    package let place: EnginePlace
    /// Where the entry before it stands; ``EnginePlace/start`` if there is none, or if the log
    /// begins with this entry.
    package let previous: EnginePlace
    /// The key and then the body: one allocation for both.
    let bytes: [UInt8]
    let keyByteCount: Int

    /// An entry whose bytes are copied.
    init(
        _ place: EnginePlace, after previous: EnginePlace, key: Span<UInt8>, body: Span<UInt8>
    ) {
        self.init(
            place, after: previous, bytes: joined(key, body), keyByteCount: key.count)
    }

    init(
        _ place: EnginePlace, after previous: EnginePlace, bytes: [UInt8], keyByteCount: Int
    ) {
        self.place = place
        self.previous = previous
        self.bytes = bytes
        self.keyByteCount = keyByteCount
    }

    /// The memory that it takes, about.
    var allocatedByteCount: Int { bytes.count + MemoryLayout<Self>.stride + 48 }

    /// What names the message, however often it is published.
    package var key: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(..<keyByteCount) }
    }

    /// What was published.
    package var body: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(keyByteCount...) }
    }
}

/// The bytes of both, in one array.
func joined(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    [UInt8](capacity: first.count + second.count) { output in
        for index in first.indices { output.append(first[index]) }
        for index in second.indices { output.append(second[index]) }
    }
}

// A message of a channel, lent to one call.
import Storage

/// A message of a channel of Redis: a view of the received bytes, without a copy.
///
/// It cannot outlive the call that it is passed to; the compiler enforces that. To keep it, copy it
/// with ``text`` or ``copiedBytes()``.
public struct RedisMessage: ~Copyable, ~Escapable {
    /// The payload, as it was published.
    public let bytes: Span<UInt8>
    /// Whether it came by a sharded channel: SPUBLISH.
    public let isSharded: Bool
    private let channelBytes: Span<UInt8>
    private let patternBytes: Span<UInt8>

    /// What a push shows; nil if it is no message.
    @_lifetime(copy push)
    package init?(_ push: borrowing RedisReply) {
        guard push.type == .push else { return nil }
        var values = push.values
        guard let kind = values.next() else { return nil }
        let hasPattern = kind.isString("pmessage")
        let isSharded = kind.isString("smessage")
        guard hasPattern || isSharded || kind.isString("message"),
            values.count == (hasPattern ? 3 : 2), let first = values.next(),
            let second = values.next(), let last = hasPattern ? values.next() : second
        else { return nil }
        guard first.isString, second.isString, last.isString else { return nil }
        patternBytes = first.bytes.extracting(hasPattern ? first.bytes.indices : 0..<0)
        channelBytes = hasPattern ? second.bytes : first.bytes
        bytes = last.bytes
        self.isSharded = isSharded
    }

    /// The channel that it was published to; each access copies.
    public var channel: String { String(copying: channelBytes) }

    /// The pattern that the channel has matched; nil if it was subscribed by its name.
    public var pattern: String? {
        patternBytes.isEmpty ? nil : String(copying: patternBytes)
    }

    /// The payload copied to a string; invalid UTF-8 is replaced with U+FFFD.
    public var text: String { String(copying: bytes) }

    /// The payload copied to an array.
    public func copiedBytes() -> [UInt8] { [UInt8](copying: bytes) }
}

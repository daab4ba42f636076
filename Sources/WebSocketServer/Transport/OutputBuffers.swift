// Memory for what goes out.
import LinuxReactor
import WebSocketCore

struct OutputBuffers: ~Copyable {
    /// What a connection that takes the short way was answered.
    var replyBuffer = ByteBuffer(minimumCapacity: 64 * 1024)
    /// The connection's `resourceID` as long as it takes the short way, and `UInt64.max` from when it
    /// does not: it is open and read, has no topics, no compression and nothing unsent. What it is
    /// answered is appended to ``ServerContext/replyBuffer`` then, and nothing is looked up for it.
    ///
    /// Whoever changes one of these, or sends it anything else, calls ``ServerContext/leaveFastPath(_:)``
    /// before.
    var fastPathResourceID = UInt64.max
    /// Passed around instead of being allocated again.
    var spare = ByteBuffer(minimumCapacity: 64 * 1024)
    /// Made with the first frame that is masked.
    var maskingKeys: MaskingKeys?

    var isOnFastPath: Bool { fastPathResourceID != UInt64.max }

    mutating func begin(for connection: inout Connection) {
        fastPathResourceID = connection.isFastPathEligible ? connection.resourceID : .max
    }

    mutating func end() { fastPathResourceID = .max }

    /// Puts what it was answered into a connection's outbox.
    mutating func moveReplies(to connection: inout Connection) {
        connection.delivery.acquireBuffer(of: &spare)
        connection.delivery.outbox.bytes.append(replyBuffer.span)
        connection.ownOutputByteCount += replyBuffer.count
        replyBuffer.removeAll(keepingCapacity: true)
    }
}

// Memory for what goes out, shared by all connections.
import LinuxReactor
import Storage
import WebSocketCore

struct OutputBuffers: ~Copyable {
    /// What a connection on the fast path was answered.
    var replyBuffer = ByteBuffer(minimumCapacity: 64 * 1024)
    /// The connection's `resourceID` as long as it is on the fast path, and `UInt64.max` from when it
    /// is not: it is open and read, has no topics, no compression and nothing unsent. Its replies
    /// are appended to ``replyBuffer`` then, and nothing is looked up for it.
    ///
    /// Code that changes one of these, or sends it anything else, calls
    /// ``ServerContext/leaveFastPath(_:)`` before.
    var fastPathResourceID = UInt64.max
    /// Passed around instead of being allocated again.
    var spare = ByteBuffer(minimumCapacity: 64 * 1024)
    /// Where several pieces of output are put together for one send.
    var gathered = ByteBuffer(minimumCapacity: 128 * 1024)
    /// Made with the first frame that is masked.
    var maskingKeys: MaskingKeys?

    var isOnFastPath: Bool { fastPathResourceID != UInt64.max }

    mutating func begin(for connection: inout Connection) {
        assert(replyBuffer.isEmpty, "replies of another connection")
        fastPathResourceID = connection.isFastPathEligible ? connection.resourceID : .max
    }

    mutating func end() { fastPathResourceID = .max }

    /// Puts the replies into a connection's outbox.
    mutating func moveReplies(to connection: inout Connection) {
        connection.delivery.acquireBuffer(of: &spare)
        connection.delivery.outbox.bytes.append(replyBuffer.span)
        connection.ownOutputByteCount += replyBuffer.count
        replyBuffer.removeAll(keepingCapacity: true)
    }

    /// Empties the gathering. A large frame may have made it larger than it need be from now on.
    mutating func beginGathering(about byteCount: Int) {
        gathered.removeAll(keepingCapacity: gathered.capacity <= 4 * byteCount)
    }
}

// Memory for output, shared by all connections.
import LinuxReactor
import Storage
import WebSocketCore

struct OutputBuffers: ~Copyable {
    /// The replies to the connection on the fast path.
    var replyBuffer = ByteBuffer(minimumCapacity: 64 * 1024)
    /// The `resourceID` of the connection that is on the fast path; `UInt64.max` if none is. Such a
    /// connection is open and read, and has no topics, no compression and nothing unsent. Its
    /// replies are appended to ``replyBuffer``, without looking anything up for it.
    ///
    /// Code that changes one of these, or sends it anything else, must call
    /// ``ServerContext/leaveFastPath(_:)`` first.
    var fastPathResourceID = UInt64.max
    /// A spare buffer, passed around to save allocations.
    var spare = ByteBuffer(minimumCapacity: 64 * 1024)
    /// Where several pieces of output are gathered for one send.
    var gathered = ByteBuffer(minimumCapacity: 128 * 1024)
    /// Created for the first masked frame.
    var maskingKeys: MaskingKeys?

    var isOnFastPath: Bool { fastPathResourceID != UInt64.max }

    mutating func begin(for connection: inout Connection) {
        assert(replyBuffer.isEmpty, "replies of another connection")
        fastPathResourceID = connection.isFastPathEligible ? connection.resourceID : .max
    }

    mutating func end() { fastPathResourceID = .max }

    /// Moves the replies to a connection's outbox.
    mutating func moveReplies(to connection: inout Connection) {
        connection.delivery.acquireBuffer(of: &spare)
        connection.delivery.outbox.bytes.append(replyBuffer.span)
        connection.ownOutputByteCount += replyBuffer.count
        replyBuffer.removeAll(keepingCapacity: true)
    }

    /// Empties ``gathered``, and frees its memory if a large frame has made it too large.
    mutating func beginGathering(about byteCount: Int) {
        gathered.removeAll(keepingCapacity: gathered.capacity <= 4 * byteCount)
    }
}

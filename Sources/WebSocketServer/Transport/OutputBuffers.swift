// Memory for what goes out.
import LinuxReactor
import WebSocketCore

struct OutputBuffers: ~Copyable {
    /// What a connection that takes the short way was answered.
    var answers = ByteBuffer(minimumCapacity: 64 * 1024)
    /// The connection's `resourceId` as long as it takes the short way, and `UInt64.max` from when it
    /// does not: it is open and read, has no topics, no compression and nothing unsent. What it is
    /// answered is appended to ``ServerContext/answers`` then, and nothing is looked up for it.
    ///
    /// Whoever changes one of these, or sends it anything else, calls ``ServerContext/endShortWay(_:)``
    /// before.
    var answerable = UInt64.max
    /// Passed around instead of being allocated again.
    var spare = ByteBuffer(minimumCapacity: 64 * 1024)
    /// Made with the first frame that is masked.
    var maskingKeys: MaskingKeys?

    var takesAnswers: Bool { answerable != UInt64.max }

    mutating func begin(for connection: inout Connection) {
        answerable = connection.takesShortWay ? connection.resourceId : .max
    }

    mutating func end() { answerable = .max }

    /// Puts what it was answered into a connection's outbox.
    mutating func moveAnswers(to connection: inout Connection) {
        connection.delivery.borrowMemory(of: &spare)
        connection.delivery.outbox.bytes.append(answers.span)
        connection.ownOutputByteCount += answers.count
        answers.removeAll(keepingCapacity: true)
    }
}

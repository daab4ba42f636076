// How much may wait for a task, and how much for a socket.

/// How far a connection's task and its peer may get ahead of each other. With messages as short as
/// the fixed costs of one, counts bound the memory; with long ones, bytes do.
public struct SocketBounds: Sendable {
    /// Messages that have come and that the task has not taken. Beyond: nothing more is read from
    /// the connection until half of them are taken, and TCP slows the peer down. At least 1.
    public var unreadMessageCount = 64
    /// Bytes of these messages. Beyond: the same. One message may exceed it, as it is read whole.
    public var unreadByteCount = 64 * 1024
    /// Bytes that wait for the connection's socket. While there are as many, `send` waits; it goes
    /// on when the socket has taken them. Below `Limits.outboxByteCount`, at which the connection
    /// would be closed.
    public var unsentByteCount = 64 * 1024

    /// The defaults.
    public init() {}

    /// Whether more may be sent while this much waits.
    func haveRoom(_ unsentByteCount: Int) -> Bool {
        unsentByteCount < max(1, self.unsentByteCount)
    }
}

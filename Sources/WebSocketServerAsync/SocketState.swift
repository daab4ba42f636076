// What waits between a connection and its tasks: plain data with its transitions.
import Storage
import WebSocketServer

/// What waits between a connection and its tasks, under the lock of its ``WebSocket``.
struct SocketState: Sendable {
    typealias Reader = Waiter<WebSocketMessage?>
    typealias Writer = Waiter<Void>

    /// Messages that nobody has taken yet.
    private var messages = Queue<WebSocketMessage>()
    private(set) var byteCount = 0
    /// Whether reading of the connection is paused until half of them are taken.
    private var isPaused = false
    /// The loop that reads, from its first message to its end.
    private var owner: ObjectIdentifier?
    private var reader: Reader?
    private var writers: [(number: UInt64, writer: Writer)] = []
    private var lastWriter: UInt64 = 0
    private(set) var cause: CloseCause?
    /// Whether a task has closed the connection.
    var isClosedHere = false
    /// Cancels the connection's task.
    var task: (any Cancellable)?

    // MARK: Messages

    enum Delivery {
        /// A task waits for it.
        case resume(Reader)
        case kept
        /// It is kept, and is the last one for now.
        case pause
    }

    mutating func deliver(_ message: WebSocketMessage, _ bounds: SocketBounds) -> Delivery {
        if let reader = reader {
            self.reader = nil
            return .resume(reader)
        }
        messages.append(message)
        byteCount += message.byteCount
        guard messages.count >= bounds.unreadMessageCount || byteCount >= bounds.unreadByteCount
        else { return .kept }
        isPaused = true
        return .pause
    }

    enum Taken {
        case message(WebSocketMessage)
        /// As many have been taken that reading may go on.
        case last(WebSocketMessage)
        case nothing
        case end
    }

    /// Takes the oldest message for the loop `owner`.
    mutating func take(
        for owner: ObjectIdentifier, _ bounds: SocketBounds
    ) throws(MessagesAlreadyRead) -> Taken {
        if self.owner != owner {
            guard self.owner == nil else { throw MessagesAlreadyRead() }
            self.owner = owner
        }
        guard let message = messages.popFirst() else { return cause == nil ? .nothing : .end }
        byteCount -= message.byteCount
        guard isPaused, messages.count <= bounds.unreadMessageCount / 2,
            byteCount <= bounds.unreadByteCount / 2
        else { return .message(message) }
        isPaused = false
        return .last(message)
    }

    /// The loop has ended; another one may begin.
    mutating func release(_ owner: ObjectIdentifier) {
        if self.owner == owner { self.owner = nil }
    }

    enum Wait {
        case waits
        /// A message has come meanwhile, or the end.
        case ends(WebSocketMessage?)
        case fails(any Error)
    }

    /// Resumed with the next message, unless there is one by now: then it is the first one, and
    /// nothing is paused.
    mutating func wait(_ waiter: Reader) -> Wait {
        guard reader == nil else { return .fails(MessagesAlreadyRead()) }
        if let message = messages.popFirst() {
            byteCount -= message.byteCount
            return .ends(message)
        }
        if cause != nil { return .ends(nil) }
        reader = waiter
        return .waits
    }

    mutating func takeReader() -> Reader? {
        defer { reader = nil }
        return reader
    }

    // MARK: Waiting for the socket

    var hasWriters: Bool { !writers.isEmpty }

    mutating func nextWriter() -> UInt64 {
        lastWriter += 1
        return lastWriter
    }

    /// Resumed when the socket has taken its output; returns false if the connection has ended.
    mutating func wait(_ number: UInt64, _ waiter: Writer) -> Bool {
        guard cause == nil else { return false }
        writers.append((number, waiter))
        return true
    }

    mutating func takeWriter(_ number: UInt64) -> Writer? {
        guard let index = writers.firstIndex(where: { $0.number == number }) else {
            return nil
        }
        return writers.remove(at: index).writer
    }

    mutating func takeWriters() -> [Writer] {
        defer { writers = [] }
        return writers.map { $0.writer }
    }

    // MARK: The end

    /// The connection has ended: returns who waits, and the task to cancel.
    mutating func end(_ cause: CloseCause) -> (Reader?, [Writer], (any Cancellable)?) {
        self.cause = cause
        defer { task = nil }
        return (takeReader(), takeWriters(), task)
    }
}

/// A task, of whatever result.
protocol Cancellable: Sendable {
    func cancel()
}

extension Task: Cancellable {}

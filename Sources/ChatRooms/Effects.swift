// What a call to the chat wants done: filled by the chat, carried out by the server in order.
import Storage

/// Names a connection: its place in the server's table, and which of the connections that have
/// had this place it is.
public struct ConnectionKey: Sendable, Hashable {
    /// Its place in the server's table.
    public var slot: UInt32
    /// Which of the connections of this place it is.
    public var generation: UInt32

    /// A key from its parts.
    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}

/// Names a room: a small number for a table, and which of the rooms that have had this number.
public struct RoomID: Sendable, Hashable {
    /// Its place in a table of rooms.
    public var index: UInt32
    /// Which of the rooms of this place it is.
    public var generation: UInt32
}

/// Why the chat closes a connection.
public enum ChatClose: Sendable {
    /// ``ChatLimits/loginDeadline`` has passed.
    case noLoginInTime
    /// ``ChatLimits/floodRefusalLimit`` refusals came in a row.
    case flooding

    /// The WebSocket close code.
    public var code: UInt16 {
        switch self {
        case .noLoginInTime: 1008
        case .flooding: 4002
        }
    }

    /// The close reason, a short sentence.
    public var reason: StaticString {
        switch self {
        case .noLoginInTime: "Nobody logged in on this connection in time."
        case .flooding: "Too many commands, in spite of being told to wait."
        }
    }
}

/// One thing for the server to do. Ranges are for `Effects.text`.
public enum Effect: Sendable {
    /// Send a text message to one connection, after everything published so far.
    case reply(to: ConnectionKey, bytes: Range<Int>)
    /// Send a text message to all who are subscribed to the room.
    case publish(to: RoomID, bytes: Range<Int>)
    /// From here on the connection gets what is published to the room.
    case subscribe(ConnectionKey, RoomID)
    /// From here on it no longer does; what was published before it still gets.
    case unsubscribe(ConnectionKey, RoomID)
    /// A room has come into being. Comes before anything else about it.
    case roomOpened(RoomID)
    /// The room is no more. Nobody is subscribed to it.
    case roomForgotten(RoomID)
    /// Close the connection, after what it was sent so far. Call `connectionClosed` once it is.
    case close(ConnectionKey, ChatClose)
}

/// A list of effects and the bytes they speak of. Use one again and again: it keeps its memory.
public struct Effects: ~Copyable, Sendable {
    /// What is to be done, in order.
    public private(set) var list: [Effect] = []
    /// The texts of all effects, one after the other.
    var bytes = ByteBuffer()

    /// A block larger than this is freed after use; a page of history of the largest messages needs it.
    private static var keptByteLimit: Int { 1 << 20 }

    /// An empty list.
    public init() {}

    /// Whether there is nothing to do.
    public var isEmpty: Bool { list.isEmpty }

    /// The text that an effect speaks of. Holds until the next change.
    @_lifetime(borrow self)
    public func text(_ range: Range<Int>) -> Span<UInt8> {
        bytes.span.extracting(range)
    }

    /// Call after the effects have been carried out.
    public mutating func removeAll() {
        list.removeAll(keepingCapacity: list.capacity <= 4096)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptByteLimit)
    }

    @inline(__always)
    mutating func add(_ effect: Effect) {
        list.append(effect)
    }

    /// Sends what was written to `bytes` since `start`.
    @inline(__always)
    mutating func reply(to connection: ConnectionKey, from start: Int) {
        list.append(.reply(to: connection, bytes: start..<bytes.count))
    }

    @inline(__always)
    mutating func publish(to room: RoomID, from start: Int) {
        list.append(.publish(to: room, bytes: start..<bytes.count))
    }
}

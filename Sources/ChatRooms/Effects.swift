// What a call to the chat asks the server to do: the chat fills the list, and the server carries
// it out in order.
import Storage

/// Identifies a connection: its place in the server's table, and a number that tells the
/// connections that have had this place apart.
public struct ConnectionKey: Sendable, Hashable {
    /// Its place in the server's table.
    public var slot: UInt32
    /// Tells the connections that have had this place apart.
    public var generation: UInt32

    /// A key from its parts.
    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}

/// Identifies a room: a small number to index a table with, and a number that tells the rooms that
/// have had this index apart.
public struct RoomID: Sendable, Hashable {
    /// Its place in a table of rooms.
    public var index: UInt32
    /// Tells the rooms that have had this place apart.
    public var generation: UInt32

    /// Names a room, which need not exist any more.
    public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

/// Why the chat closes a connection.
public enum ChatClose: Sendable {
    /// ``ChatLimits/loginDeadline`` has passed.
    case noLoginInTime
    /// There were ``ChatLimits/floodRefusalLimit`` refusals without a rest.
    case flooding
    /// The client has signed out on this connection.
    case signedOut
    /// The session has ended: the user has signed out on another connection.
    case sessionEnded
    /// The account has more sessions than it may have, and this one was not used for longest.
    case sessionReplaced
    /// An operator has ended the account's sessions.
    case sessionRevoked
    /// The token has ended, and no other one came.
    case tokenEnded
    /// A moderator or an operator has sent the user away.
    case kicked
    /// The user is banned.
    case banned
    /// The server has crashed, and cannot go on with this connection.
    case restarted

    /// The WebSocket close code.
    public var code: UInt16 {
        switch self {
        case .noLoginInTime: 1008
        case .flooding: 4002
        case .signedOut: 1000
        case .kicked: 4003
        case .banned: 4004
        case .restarted: 1012
        case .sessionEnded, .sessionReplaced, .sessionRevoked, .tokenEnded: 4005
        }
    }

    /// The close reason, a short sentence.
    public var reason: StaticString {
        switch self {
        case .noLoginInTime: "Nobody logged in on this connection in time."
        case .flooding: "Too many commands, in spite of being told to wait."
        case .signedOut: "You are signed out."
        case .sessionEnded: "You have signed out elsewhere."
        case .sessionReplaced: "You have signed in on too many other devices."
        case .sessionRevoked: "An operator has ended your session."
        case .tokenEnded: "Your token has expired."
        case .kicked: "You were sent out."
        case .banned: "You are banned."
        case .restarted: "The server has restarted; log in again."
        }
    }
}

/// Names a request that came without a connection of the chat, as its caller wishes.
public typealias RequestKey = ConnectionKey

/// The answer to a request that had to wait for the store.
public enum RequestAnswer: Sendable {
    /// To ``Chat/publish(_:toRoom:by:for:at:_:)``.
    case published(RoomAnswer)
    /// To ``Chat/page(ofRoom:_:for:at:_:)``.
    case page(Page)
}

/// One thing for the server to do. `Effects.text` gives the bytes of a range.
public enum Effect: Sendable {
    /// Send a text message to one connection, after everything published so far.
    case reply(to: ConnectionKey, bytes: Range<Int>)
    /// Send a text message to all subscribers of the room. If it is an entry of the room's history
    /// it has a place there, and event streams get it too. `sender` is the connection or request
    /// that it came from if it has waited for the store: publishing it is work for them.
    case publish(to: RoomID, bytes: Range<Int>, place: Place?, sender: ConnectionKey?)
    /// Send the connection everything that is published to the room from now on.
    case subscribe(ConnectionKey, RoomID)
    /// End the subscription. The connection still gets everything published before.
    case unsubscribe(ConnectionKey, RoomID)
    /// A room was opened. This comes before all other effects for the room.
    case roomOpened(RoomID)
    /// The room's log is another one, which several nodes share. Connections hear it by themselves;
    /// whoever reads the room without one must begin anew.
    case reset(RoomID)
    /// The room no longer exists. It has no subscribers.
    case roomForgotten(RoomID)
    /// Answer a request that had to wait, with `Effects.answers[index]`.
    case answer(RequestKey, index: Int)
    /// Hash `Effects.passwords[index]`, and call ``Chat/passwordHashed(_:_:at:_:)``.
    case hashPassword(ConnectionKey, index: Int)
    /// Compare `Effects.passwords[index]` with its hash, and call
    /// ``Chat/passwordChecked(_:_:at:_:)``.
    case checkPassword(ConnectionKey, index: Int)
    /// A message of this size was given to the store, and is published in this room when it is
    /// kept: work that has begun, and is part of what its sender may cause.
    case accepted(in: RoomID, byteCount: Int)
    /// The store has read this much for a connection or a request. That is work for it, and so are
    /// all effects behind this one.
    case read(for: ConnectionKey, messageCount: Int, byteCount: Int)
    /// Check the token `Effects.accessTokens[index]`, and call ``Chat/tokenChecked(_:_:at:_:)``.
    case checkToken(ConnectionKey, index: Int)
    /// A moderator has done something: `Effects.moderations[index]`.
    case moderated(index: Int)
    /// Take no more commands of the connection: it waits for an answer. What comes meanwhile must
    /// not be lost.
    case pause(ConnectionKey)
    /// Take commands of the connection again.
    case resume(ConnectionKey)
    /// Something that the connection has sent waits for its answer from now on, or does not wait
    /// any more: ``Chat/owesAnswers(to:)``.
    case owes(ConnectionKey, Bool)
    /// Whose the connection is, or what its token allows, has changed: ``Chat/saveNote(of:to:)``.
    case changed(ConnectionKey)
    /// Close the connection after sending what was replied to it so far. Call `connectionClosed`
    /// when it has closed. `formerUser` is the index in `Effects.formerUsers` of whose it was, if
    /// its session has ended, or it was sent away.
    case close(ConnectionKey, ChatClose, formerUser: Int?)
}

/// Whose connection is closed.
public struct FormerUser: Sendable, Equatable {
    /// The user's name.
    public var name: String
    /// What to say instead of the cause's own reason.
    public var sentence: String?
}

/// A list of effects and their bytes. Reuse one list: it keeps its memory.
public struct Effects: ~Copyable, Sendable {
    /// What the server shall do, in order.
    public private(set) var list: [Effect] = []
    /// Users whose sessions have ended, or who were sent away.
    public internal(set) var formerUsers: [FormerUser] = []
    /// What moderators have done.
    public internal(set) var moderations: [ModerationRecord] = []
    /// What requests are answered that had to wait.
    public internal(set) var answers: [RequestAnswer] = []
    /// Tokens to be checked.
    public internal(set) var accessTokens: [String] = []
    /// Passwords to be hashed or compared.
    public internal(set) var passwords: [PasswordWork] = []
    /// The texts of all effects, one after the other.
    var bytes = ByteBuffer()

    /// A memory block larger than this is freed after use; a page of history with the largest
    /// messages needs one.
    private static var keptByteLimit: Int { 1 << 20 }

    /// An empty list.
    public init() {}

    /// True if there is nothing to do.
    public var isEmpty: Bool { list.isEmpty }

    /// The text of an effect. Valid until the next change of this list.
    @_lifetime(borrow self)
    public func text(_ range: Range<Int>) -> Span<UInt8> {
        bytes.span.extracting(range)
    }

    /// Empties the list. Call it after carrying out the effects.
    public mutating func removeAll() {
        list.removeAll(keepingCapacity: list.capacity <= 4096)
        formerUsers.removeAll()
        moderations.removeAll()
        answers.removeAll(keepingCapacity: true)
        passwords.removeAll()
        accessTokens.removeAll()
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptByteLimit)
    }

    @inline(__always)
    mutating func add(_ effect: Effect) {
        list.append(effect)
    }

    /// Closes a connection that was this user's, with a sentence of its own if there is one.
    mutating func close(
        _ connection: ConnectionKey, _ cause: ChatClose, of user: String, _ sentence: String? = nil
    ) {
        let former = FormerUser(name: user, sentence: sentence)
        if formerUsers.last != former { formerUsers.append(former) }
        list.append(.close(connection, cause, formerUser: formerUsers.count - 1))
    }

    /// Adds a reply: the bytes written since `start`.
    @inline(__always)
    mutating func reply(to connection: ConnectionKey, from start: Int) {
        list.append(.reply(to: connection, bytes: start..<bytes.count))
    }

    @inline(__always)
    mutating func publish(to room: RoomID, from start: Int) {
        list.append(.publish(to: room, bytes: start..<bytes.count, place: nil, sender: nil))
    }
}

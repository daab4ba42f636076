// The protocol of a connection: the greeting, the pipeline, and which reply answers which command.
import Storage

/// A connection to Redis but for its I/O: what has to be sent is in ``output``, what was received
/// goes through ``take(_:at:)``, and the caller says what time it is.
///
/// Redis answers commands in their order, so that a queue of what is expected is all that a
/// pipeline needs. Pushes come beside it: some answer nothing, such as messages, and others answer
/// SUBSCRIBE. If SUBSCRIBE is refused, an error comes in the place of a reply. Redis may also end a
/// subscription by itself, so that a push answers only the command that it names.
package struct RedisSession: ~Copyable {
    package enum State: Sendable, BitwiseCopyable {
        /// There is no connection.
        case closed
        /// The greeting is under way: nothing else is sent yet.
        case greeting
        /// Commands can be sent.
        case open
    }

    /// What was received.
    package enum Event: Equatable, Sendable {
        /// An answer that is nobody's business but the session's.
        case own
        /// The greeting is over: commands can be sent.
        case opened
        /// The reply to a request.
        case reply(RedisRequest)
        /// A push that answers nothing: a message, or anything else.
        case push
        /// A subscription is refused, with the error that this reply is.
        case refused(RedisChannel)
        /// Redis has ended a subscription by itself, as when a shard moves to another node.
        case unsubscribed(RedisChannel)
    }

    /// A command that has not been answered.
    private struct Expected: Sendable {
        enum Kind: Sendable { case hello, greetingPing, ping, subscription, request }

        let kind: Kind
        /// When it was written, in nanoseconds.
        let since: UInt64
    }

    /// How many commands may be unanswered.
    package static var requestLimit: Int { 65_536 }
    /// How many bytes may wait to be sent.
    package static var outputByteLimit: Int { 16 << 20 }
    /// How many channels may be subscribed to.
    package static var channelLimit: Int { 65_536 }

    package private(set) var state = State.closed
    /// What has to be sent.
    package var output = ByteBuffer()
    private var scanner: ReplyScanner
    private let limits: ReplyLimits
    private var expected = Queue<Expected>()
    /// The channel of each subscription among what is expected, and whether it begins or ends.
    private var changes = Queue<(channel: RedisChannel, begins: Bool)>()
    /// What is subscribed to, whether there is a connection or not.
    private var channels: Set<RedisChannel> = []
    private var lastRequest: UInt64 = 0
    /// The number of the oldest request that is expected.
    private var nextReply: UInt64 = 1
    /// How many commands were written since the beginning, those of the session among them.
    package private(set) var commandCount: UInt64 = 0
    /// How long the command has waited that ``take(_:at:)`` has just found answered, in
    /// nanoseconds; nil if it has found something else.
    package private(set) var lastWait: UInt64?

    package init(_ limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
        scanner = ReplyScanner(limits)
    }

    // MARK: The connection

    /// A connection was made: writes the greeting.
    package mutating func begin(_ url: RedisURL, at now: UInt64) {
        end()
        state = .greeting
        output.appendCommand(argumentCount: url.password == nil ? 2 : 5) {
            $0.append("HELLO")
            $0.append("3")
            if let password = url.password {
                $0.append("AUTH")
                $0.append(utf8: url.user ?? "default")
                $0.append(utf8: password)
            }
        }
        expect(.hello, at: now)
    }

    /// The connection has ended: what was not answered never will be. Subscriptions stay, for the
    /// next connection.
    package mutating func end() {
        state = .closed
        output.removeAll()
        scanner = ReplyScanner(limits)
        expected = Queue()
        changes = Queue()
        nextReply = lastRequest + 1
    }

    /// How many commands have not been answered.
    package var unansweredCount: Int { expected.count }

    /// How many channels are subscribed to.
    package var channelCount: Int { channels.count }

    /// When the oldest command was written that has not been answered, in nanoseconds; nil if all
    /// have been.
    package var oldestUnanswered: UInt64? { expected.first?.since }

    /// Asks for a sign of life.
    package mutating func ping(at now: UInt64) { ping(.ping, at: now) }

    private mutating func ping(_ kind: Expected.Kind, at now: UInt64) {
        output.appendCommand(argumentCount: 1) { $0.append("PING") }
        expect(kind, at: now)
    }

    private mutating func expect(_ kind: Expected.Kind, at now: UInt64) {
        expected.append(Expected(kind: kind, since: now))
        commandCount += 1
    }

    // MARK: Sending

    /// Whether another command can be sent now.
    package var takesRequests: Bool {
        state == .open && expected.count < Self.requestLimit
            && output.count < Self.outputByteLimit
    }

    /// Writes a command, whose only answer must be one reply. Nil if it cannot be sent: there is no
    /// connection, or too much is waiting.
    package mutating func request(
        argumentCount: Int, at now: UInt64, _ write: (inout CommandWriter) -> Void
    ) -> RedisRequest? {
        guard takesRequests else { return nil }
        output.appendCommand(argumentCount: argumentCount, write)
        expect(.request, at: now)
        lastRequest += 1
        return RedisRequest(number: lastRequest)
    }

    /// Whether a command by this name has exactly one reply, and leaves the connection as it is.
    package static func isPlain(_ arguments: [String]) -> Bool {
        guard let name = arguments.first?.uppercased() else { return false }
        switch name {
        case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE",
            "MONITOR", "HELLO", "AUTH", "RESET", "QUIT", "SYNC", "PSYNC", "REPLCONF", "SHUTDOWN":
            return false
        case "CLIENT": return arguments.dropFirst().first?.uppercased() != "REPLY"
        default: return true
        }
    }

    /// Subscribes to a channel, now and after each greeting from now on. Does nothing if it is
    /// subscribed. False if there are too many, and it is none of them.
    package mutating func subscribe(_ channel: RedisChannel, at now: UInt64) -> Bool {
        guard channels.count < Self.channelLimit else { return channels.contains(channel) }
        guard channels.insert(channel).inserted, state == .open else { return true }
        write(channel, begins: true, at: now)
        return true
    }

    /// Ends a subscription. Messages that are on their way come still.
    package mutating func unsubscribe(_ channel: RedisChannel, at now: UInt64) {
        guard channels.remove(channel) != nil, state == .open else { return }
        write(channel, begins: false, at: now)
    }

    /// Subscribes to a channel for this connection alone: whoever has thousands of them renews
    /// them, a part at a time and with what has to follow. Does nothing if there is no connection.
    package mutating func subscribeForNow(_ channel: RedisChannel, at now: UInt64) {
        guard state == .open else { return }
        write(channel, begins: true, at: now)
    }

    /// Ends such a subscription.
    package mutating func unsubscribeForNow(_ channel: RedisChannel, at now: UInt64) {
        guard state == .open else { return }
        write(channel, begins: false, at: now)
    }

    private mutating func write(_ channel: RedisChannel, begins: Bool, at now: UInt64) {
        output.appendCommand(argumentCount: 2) {
            $0.append(begins ? channel.kind.subscribe : channel.kind.unsubscribe)
            $0.append(utf8: channel.name)
        }
        expect(.subscription, at: now)
        changes.append((channel, begins))
    }

    // MARK: Receiving

    /// Takes the first reply of what has been received since the last one was taken; nil if its end
    /// has not come. The scanner remembers where it stood: the next call must begin with the same
    /// bytes, and may have more.
    package mutating func take(
        _ bytes: Span<UInt8>, at now: UInt64
    ) throws(RedisFailure) -> (event: Event, byteCount: Int)? {
        lastWait = nil
        let end: Int?
        do throws(ReplyFault) { end = try scanner.scan(bytes) } catch {
            throw state == .greeting ? .notRedis(bytes, error) : .violation("\(error)")
        }
        guard let end else { return nil }
        return (try event(RedisReply(bytes.extracting(..<end)), at: now), end)
    }

    private mutating func event(
        _ reply: borrowing RedisReply, at now: UInt64
    ) throws(RedisFailure) -> Event {
        if reply.type == .push { return takePush(reply, at: now) }
        guard let first = expected.popFirst() else {
            throw .violation("There is a reply to no command.")
        }
        lastWait = now &- first.since
        switch first.kind {
        case .hello:
            try reply.checkGreeting()
            // HELLO is answered even while Redis loads its data, and PING is not.
            ping(.greetingPing, at: now)
            return .own
        case .greetingPing:
            if let error = reply.error { throw .refused(error) }
            state = .open
            for channel in channels.sorted() { write(channel, begins: true, at: now) }
            return .opened
        case .ping: return .own
        case .subscription:
            guard reply.isError, let change = changes.popFirst() else {
                throw .violation("SUBSCRIBE has a reply.")
            }
            return .refused(change.channel)
        case .request:
            nextReply += 1
            return .reply(RedisRequest(number: nextReply - 1))
        }
    }

    /// A message, or the answer to a subscription.
    private mutating func takePush(_ reply: borrowing RedisReply, at now: UInt64) -> Event {
        guard let change = reply.subscriptionChange else { return .push }
        if let first = expected.first, first.kind == .subscription, let asked = changes.first,
            asked.channel == change.channel, asked.begins == change.begins
        {
            expected.removeFirst()
            changes.removeFirst()
            lastWait = now &- first.since
            return .own
        }
        let isLost = !change.begins && channels.contains(change.channel)
        return isLost ? .unsubscribed(change.channel) : .own
    }
}

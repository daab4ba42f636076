// The rooms in Redis in the turn of the server: what Redis says goes to the node and from there to
// the chat, and what the chat wants goes out once a turn.
import ChatEngine
import ChatRooms
import LinuxReactor
import RedisClient
import WebSocketServer

extension RedisConnection: EngineCommands {}

extension ChatHandler: RedisHandler, TimerHandler {
    /// The one timer of the chat: the next deadline of the node.
    private static var engineTimer: TimerName { 1 }

    // MARK: Redis

    mutating func onRedisUp(_ io: inout ServerContext) {
        engine?.node.connected(at: io.now.nanoseconds)
        hearEngine(&io)
        io.continueLater()
    }

    mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext) {
        engine?.node.disconnected(at: io.now.nanoseconds)
        lost(failure, io)
        hearEngine(&io)
        // Another deadline counts now.
        io.continueLater()
    }

    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext) {
        engine?.node.pushed(message, at: io.now.nanoseconds)
        hearEngine(&io)
        io.continueLater()
    }

    mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext
    ) {
        engine?.node.replied(reply, to: request, at: io.now.nanoseconds)
        hearEngine(&io)
        // It may have something to ask in return.
        io.continueLater()
    }

    mutating func onTimer(
        _ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext
    ) {
        if engine != nil { io.continueLater() }
    }

    // MARK: The turn

    /// Carries out what the chat wants of the shared logs, and has everything written that has
    /// gathered in this turn: a room's messages of a turn are one command.
    mutating func moveEngine(_ io: inout ServerContext) {
        guard engine != nil else { return }
        let now = io.now.nanoseconds
        if chat.hasWorkForStore { engine?.carryOut(chat.takeLogOrders(), at: now) }
        engine?.moveOn(at: now, &io.redis)
        hearEngine(&io)
        guard let next = engine?.nextDeadline else { return io.cancelTimer(Self.engineTimer) }
        let delay = Duration.nanoseconds(Int64(clamping: next - min(now, next)))
        // Setting it is dearer than being called too early.
        if let remaining = io.remainingTime(of: Self.engineTimer), remaining <= delay { return }
        io.setTimer(Self.engineTimer, after: delay)
    }

    /// Passes on what the node has to say.
    private mutating func hearEngine(_ io: inout ServerContext) {
        let now = io.now.nanoseconds
        var hasNews = false
        while let news = engine?.next(at: now) {
            hasNews = true
            switch news {
            case .log(let event):
                if case .placed = event { engineRefusal = nil }
                take(.log(event), &io)
            case .waiting(let isOver):
                // People who say something hear at once that it cannot be kept.
                let state = isOver ? StoreState.fails(.failing) : .works
                chat.answered(.state(state), at: io.timestamp, &effects)
                carryOutEffects(&io)
            case .state(let state): changed(state, io)
            case .useless(let trouble): io.redis.reconnect(because: "\(trouble)")
            case .refusal(let refusal): refused(refusal)
            }
        }
        // What they have led to goes out, and who has waited goes on.
        if hasNews { io.continueLater() }
    }
}

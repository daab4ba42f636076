// What the chat does a part at a time, and how much of the memory budget its history has.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// How many rooms and names are forgotten in one turn, at up to 10 µs each.
    private static var dueLimit: Int { 200 }

    /// The memory of the chat that is nobody's connection.
    var heldByteCount: Int {
        switch engine {
        case .some(let engine): chat.historyByteCount + engine.node.logByteCount
        case nil: chat.historyByteCount
        }
    }

    /// History has a quarter of the memory budget at most: it is never the reason why clients are
    /// closed for memory.
    mutating func fitHistory(_ io: borrowing ServerContext) {
        let most = min(ChatLimits().historyByteLimit, io.memoryLimit / 4)
        // The logs that are shared are a second copy, to be given back to Redis.
        engine?.node.logByteLimit = io.memoryLimit / 4
        guard chat.limits.historyByteLimit != most else { return }
        var limits = chat.limits
        limits.historyByteLimit = most
        chat.change(limits)
    }

    /// Rooms, names and deadlines that are due, a part of them in each turn.
    mutating func tickChat(_ io: inout ServerContext) {
        let isMoreDue = chat.tick(at: io.timestamp, upTo: Self.dueLimit, &effects)
        carryOutEffects(&io)
        isTickDue = isMoreDue
        if isMoreDue { io.continueLater() }
    }

    mutating func onWork(_ io: inout ServerContext) {
        // What comes first may use up the turn: each of them is first in its turn.
        beginningOfWork = (beginningOfWork + 1) % 4
        for part in 0..<4 {
            switch (beginningOfWork + part) % 4 {
            case 0: takeReadAnswers(&io)
            case 1: answerReleased(&io)
            case 2: sendNextPages(&io)
            default: if isTickDue { tickChat(&io) }
            }
        }
        giveToStore(&io)
    }
}

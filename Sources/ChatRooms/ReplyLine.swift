// Replies of one connection, in the order of its commands: logs of two rooms answer in any order.
import Storage

/// The replies that a connection waits for, oldest first.
struct ReplyLine {
    let generation: UInt32
    private var firstTurn: UInt64 = 0
    /// The texts; nil while a reply is not known yet.
    private var texts = Queue<[UInt8]?>()
    /// Texts that became known before it was their turn.
    private var known: [UInt64: [UInt8]] = [:]

    init(generation: UInt32) {
        self.generation = generation
    }

    var isEmpty: Bool { texts.isEmpty }

    /// Takes the next turn, for a reply that is known already or comes later.
    mutating func append(_ text: [UInt8]?) -> UInt64 {
        texts.append(text)
        return firstTurn + UInt64(texts.count) - 1
    }

    /// The reply whose turn this is, is known.
    mutating func set(_ turn: UInt64, _ text: [UInt8]) { known[turn] = text }

    /// The next reply, if it is known.
    mutating func popFirst() -> [UInt8]? {
        guard !texts.isEmpty, let text = texts[0] ?? known.removeValue(forKey: firstTurn) else {
            return nil
        }
        texts.removeFirst()
        firstTurn += 1
        return text
    }
}

extension Chat {
    /// One more reply to this connection waits: nil if it is not known yet. Returns its turn.
    mutating func addToLine(
        _ text: [UInt8]?, _ key: ConnectionKey, _ effects: inout Effects
    ) -> UInt64 {
        var line = ReplyLine(generation: key.generation)
        if let known = shared.lines.removeValue(forKey: key.slot),
            known.generation == key.generation
        {
            line = known
        }
        let turn = line.append(text)
        shared.lines[key.slot] = line
        countPendingReply(key, &effects)
        return turn
    }

    /// A reply is known: sends it, and those behind it, when its turn has come.
    mutating func answerInLine(
        _ key: ConnectionKey, _ turn: UInt64, _ text: [UInt8], at now: Timestamp,
        _ effects: inout Effects
    ) {
        guard var line = shared.lines.removeValue(forKey: key.slot) else { return }
        guard line.generation == key.generation else {
            shared.lines[key.slot] = line
            return
        }
        line.set(turn, text)
        var count = 0
        while let text = line.popFirst() {
            let start = effects.bytes.count
            effects.bytes.append(text.span)
            effects.reply(to: key, from: start)
            count += 1
        }
        if !line.isEmpty { shared.lines[key.slot] = line }
        // Only now: a command that waited for these may go on, and reply.
        for _ in 0..<count { settlePendingReply(key, at: now, &effects) }
    }
}

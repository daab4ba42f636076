// The chat's store in the turn of the server: what is to be kept goes out once a turn, and answers
// come in by mail.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// What was stored is published at once. What was read may be a page for each of a thousand
    /// people who come back: it must not stand in the way of what is said, and has its part of each
    /// turn. In between, the chat may have changed: it looks again at what it needs of an answer.
    mutating func receive(_ answer: StoreAnswer, _ io: inout ServerContext) {
        switch answer {
        case .room, .page, .listing, .found, .failed:
            readAnswers.append(answer)
            io.continueLater()
        case .stored, .delayed, .state, .log: take(answer, &io)
        }
    }

    /// Carries out what the store has read, as much of it as the turn allows.
    mutating func takeReadAnswers(_ io: inout ServerContext) {
        letWaitingGoOn(&io)
        while !io.isTurnSpent, let answer = readAnswers.popFirst() {
            take(answer, &io)
            letWaitingGoOn(&io)
        }
        if !readAnswers.isEmpty { io.continueLater() }
    }

    mutating func take(_ answer: StoreAnswer, _ io: inout ServerContext) {
        store?.received(answer)
        io.charge(Self.work(of: answer))
        if case .state(let state) = answer, state != chat.storeState { report(state) }
        // A command that had to wait may be a login.
        if chat.needsToken { provideToken(&io) }
        chat.answered(answer, at: io.timestamp, &effects)
        carryOutEffects(&io)
    }

    /// Carries out what has waited for a room, as much of it as the turn allows.
    private mutating func letWaitingGoOn(_ io: inout ServerContext) {
        while chat.canAnyGoOn, !io.isTurnSpent {
            io.charge(Self.commandWork)
            if chat.needsToken { provideToken(&io) }
            _ = chat.letNextGoOn(at: io.timestamp, &effects)
            carryOutEffects(&io)
        }
        if chat.canAnyGoOn { io.continueLater() }
    }

    /// Gives the store what has come together since it was last called, all of a turn at once.
    mutating func giveToStore(_ io: inout ServerContext) {
        guard engine == nil else { return moveEngine(&io) }
        guard chat.hasWorkForStore else { return }
        var batches: [StoreBatch] = []
        while let batch = chat.takeBatch(at: io.timestamp) { batches.append(batch) }
        if !batches.isEmpty { store?.submit(batches, at: io.now) }
        store?.ask(chat.takeQuestions())
    }

    /// Answers who has waited for too long, and says so in the journal.
    mutating func watchStore(_ io: inout ServerContext) {
        guard var store else { return }
        let overdue = store.takeOverdue(at: io.now)
        self.store = store
        let isSlow = store.delay(at: io.now) >= StoreLink.slowness
        if isSlow != isStoreSlow, chat.storeState == .works || !isSlow {
            isStoreSlow = isSlow
            report(isSlow ? .fails(.slow) : .works)
        }
        for batch in overdue {
            chat.answered(.delayed(batch), at: io.timestamp, &effects)
            carryOutEffects(&io)
        }
    }

    /// Why nothing can be kept just now, or only slowly, and what to do; nil if all is well.
    var storeProblem: String? {
        guard let figures = database?.figures else { return nil }
        if case .fails(let reason) = figures.state { return figures.sentence(for: reason) }
        return isStoreSlow ? figures.sentence(for: .slow) : nil
    }

    private func report(_ state: StoreState) {
        let sentence: String
        if case .fails(let reason) = state {
            sentence = database?.figures.sentence(for: reason) ?? ""
        } else {
            sentence = ""
        }
        switch state {
        case .works: service.events.log(.historyWorks, "Messages are kept again.")
        case .fails(.slow):
            service.events.log(
                .historySlow, "Messages wait for the disk. \(sentence)", ["reason": "slow"])
        case .fails(let reason):
            service.events.log(
                .historyFailed,
                "Messages cannot be kept, and nobody can say anything. \(sentence)",
                ["reason": .string(reason.rawValue)])
        }
    }

    // MARK: Work

    /// A message is to be published when it is kept. Its sender pays for that at once, by what the
    /// last one in the room has cost: so nobody has more accepted than can be published.
    mutating func messageAccepted(
        in room: RoomID, _ byteCount: Int, _ io: inout ServerContext
    ) {
        io.charge(publishingCosts.estimate(room, byteCount))
    }

    /// A message that was kept has been published: what that has cost more than was expected is
    /// charged to its sender, as far as it is worth a look at the address.
    mutating func messagePublished(
        in room: RoomID, _ byteCount: Int, _ work: Int, by sender: ConnectionKey,
        _ io: inout ServerContext
    ) {
        let expected = publishingCosts.estimate(room, byteCount)
        publishingCosts.note(room, byteCount, work)
        guard work - expected > 8_192,
            let id = io.connection(sender) ?? unanswered[sender]?.id
        else { return }
        io.charge(work - expected, to: id)
    }

    /// What an answer costs here: 0.3 to 0.5 µs for a message that comes into memory or is
    /// published, beside its bytes.
    private static func work(of answer: StoreAnswer) -> Int {
        switch answer {
        case .room(_, _, let page), .page(_, let page):
            Work.mail + 512 * page.entries.count + Work.byte * page.bytes.count
        case .found(_, let found):
            Work.mail + 512 * found.entries.count + Work.byte * found.bytes.count
        case .stored(let batch), .delayed(let batch):
            Work.mail + 1_024 * batch.items.count + Work.byte * batch.bytes.count
        case .listing(_, let list, _): Work.mail + 1_024 * list.count
        case .log(.live(_, _, let part)), .log(.reset(_, let part)), .log(.appended(_, let part)):
            Work.mail + 1_024 * part.entries.count + Work.byte * part.bytes.count
        case .failed, .state, .log: Work.mail
        }
    }

    /// What reading costs the thread that reads, for whoever has caused it: 1.4 µs for a message
    /// were measured, and 15 µs for a question, which takes two switches between threads.
    static func workOfReading(_ messageCount: Int, _ byteCount: Int) -> Int {
        16_384 + 1_536 * messageCount + Work.byte * byteCount
    }
}

// The chat comes to rest before its state is written for the program that takes this one's place:
// nothing may be on its way to the store or back then.
import ChatDatabase
import ChatRooms
import Glibc
import WebSocketServer

extension ChatHandler {
    /// How long the loop stands still, at most, for a commit that is under way: at first, and when
    /// it was in vain a few times. Each attempt takes twice as long as the one before, with people
    /// served in between: on a slow disk, where they talk all the time, there is always a commit
    /// under way and another one due, and an upgrade must be possible there, too.
    static var shortestRest: Duration { .milliseconds(20) }
    private static var longestRest: Duration { .milliseconds(320) }
    private static var restPause: UInt32 { 100 }

    mutating func prepareHandOver(_ stage: HandOverStage, _ io: inout ServerContext) -> Bool {
        switch stage {
        case .waiting: return hashing.isEmpty
        case .check: return comesToRest(&io)
        case .takingOver:
            guard !endHashing(&io), comesToRest(&io) else { return false }
            if let keeper, let identity = database?.identity {
                keeper.leave()
                leftDatabase = identity
            }
            return true
        }
    }

    mutating func resumeAfterHandOver(_ io: inout ServerContext) {
        if let identity = leftDatabase.take() { resume(identity, &io) }
        for answer in keeper?.mail.endGathering() ?? [] { receive(answer, &io) }
    }

    /// Waits until nothing is on its way to the store or back. Nothing else happens meanwhile: the
    /// loop stands still.
    private mutating func comesToRest(_ io: inout ServerContext) -> Bool {
        guard let keeper else { return chat.isAtRest(hashing: hashing) }
        guard chat.storeState == .works, keeper.mail.gather() else { return false }
        let end = ContinuousClock.now + restLimit
        repeat {
            for answer in keeper.mail.take() { receive(answer, &io) }
            while ContinuousClock.now < end, let answer = readAnswers.popFirst() {
                take(answer, &io)
            }
            while ContinuousClock.now < end, chat.canAnyGoOn {
                if chat.needsToken { provideToken(&io) }
                _ = chat.letNextGoOn(at: io.timestamp, &effects)
                carryOutEffects(&io)
            }
            giveToStore(&io)
            if isAtRest {
                restLimit = Self.shortestRest
                return true
            }
            usleep(Self.restPause)
        } while ContinuousClock.now < end
        restLimit = min(restLimit * 2, Self.longestRest)
        for answer in keeper.mail.endGathering() { receive(answer, &io) }
        if !readAnswers.isEmpty || chat.canAnyGoOn { io.continueLater() }
        return false
    }

    /// With `ack = fast` messages are answered before they are committed. Closing the database
    /// waits for the commit, and none may fail then: so it has to be over.
    private var isAtRest: Bool {
        chat.isAtRest(hashing: hashing) && readAnswers.isEmpty && store?.isAtRest != false
            && (database?.figures.waitingBatchCount ?? 0) == 0
    }

    /// Closes the connections whose passwords are still being hashed: they come back and log in
    /// again. Returns whether there were any.
    private mutating func endHashing(_ io: inout ServerContext) -> Bool {
        var hasEnded = false
        for id in hashing.compactMap({ io.connection($0) }) where io.isOpen(id) {
            close(id, .serviceRestart, "The server has restarted; log in again.", &io)
            hasEnded = true
        }
        return hasEnded
    }
}

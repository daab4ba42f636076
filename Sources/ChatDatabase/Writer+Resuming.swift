// The thread that stores, in a program that goes on with the database of the program before.
import ChatRooms

extension Writer {
    /// The thread: opens the file as soon as that is possible, works until the database is closed,
    /// and gives the lock up.
    static func resume(
        _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared, _ identity: ChatDatabase.Identity
    ) {
        var failure: StoreState.Reason?
        var pause = shared.options.pauses.lowerBound
        while true {
            do throws(DatabaseError) {
                try resumeOnce(work, shared, identity, &failure)
                break
            } catch {
                shared.figures.change { figures in
                    figures.writeFailureCount += 1
                    figures.state = .fails(error.reason)
                    figures.lastError = error
                }
                if failure != error.reason { shared.answer(.state(.fails(error.reason))) }
                failure = error.reason
            }
            if waits(pause, work, shared) { break }
            pause = min(pause * 2, shared.options.pauses.upperBound)
        }
        work.withLock(waking: [.opener]) { $0.isClosed = true }
    }

    private static func resumeOnce(
        _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared,
        _ identity: ChatDatabase.Identity, _ failure: inout StoreState.Reason?
    ) throws(DatabaseError) {
        // The lock would make the file anew.
        guard FileFacts.identity(shared.path) != nil else {
            throw DatabaseError(.failing(.replaced), shared.path)
        }
        let lock = try LockFile(forDatabase: shared.path)
        defer { lock.release() }
        let file = try OpenedFile.begin(shared.path, shared.options, resuming: identity.boot)
        if failure != nil {
            shared.figures.change { $0.state = .works }
            shared.answer(.state(.works))
            failure = nil
        }
        // The chat has everything that there is to know.
        try serve(work, shared, file, state: StoredState())
    }

    /// Waits before the next attempt, and refuses meanwhile what was asked. Returns true if the
    /// database is being closed.
    private static func waits(
        _ pause: UInt64, _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared
    ) -> Bool {
        let questions = work.withLock { work in
            defer { work.questions = [] }
            return work.questions
        }
        for asked in questions { shared.answer(.failed(ticket: asked.question.ticket)) }
        let end = Clock.nanoseconds + pause
        return work.wait(as: .writer, until: end) { $0.isClosing ? true : nil } ?? false
    }
}

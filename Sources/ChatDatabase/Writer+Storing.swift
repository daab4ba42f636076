// One commit of the writer, and what becomes of those who wait for it.
import ChatRooms

extension Writer {
    /// Stores the oldest batches that wait, in one transaction, and answers them.
    func storeSome() {
        let start = Clock.nanoseconds
        do throws(DatabaseError) {
            let leading = pending.prefix { !$0.batch.needsStoring }.count
            if leading > 0 { return settle(leading) }
            let (batchCount, entryCount) = try commit(start)
            let time = Clock.nanoseconds - start
            shared.figures.change { figures in
                figures.commitCount += 1
                figures.storedEntryCount += entryCount
                figures.entryCount += entryCount
                figures.commitTime.add(time)
            }
            recovered()
            settle(batchCount)
        } catch {
            failed(error)
        }
    }

    /// Returns how many batches, and how many entries, were stored.
    private func commit(_ start: UInt64) throws(DatabaseError) -> (Int, Int) {
        if statements == nil {
            file = try file.again(shared.options)
            statements = try BatchWriter(file.connection)
            housekeeping = try Housekeeping(file.connection, shared)
            // A deletion takes words out of the index: messages must not wait for that.
            if trouble?.reason == .damaged { housekeeping.emptyIndex() }
        }
        try statements!.begin()
        var count = 0
        repeat {
            try statements!.store(pending[count].batch)
            count += 1
        } while count < pending.count && Clock.nanoseconds - start < Self.collectingTime
        // The file of a name that is gone is still written to, and nobody would find it again.
        if file.connection.hasMoved { throw DatabaseError(.failing(.replaced), shared.path) }
        let rooms = try statements!.commit()
        housekeeping.noteEntries(in: rooms)
        return (count, statements!.addedCount)
    }

    /// The oldest `count` batches are stored.
    private func settle(_ count: Int) {
        var newlySettled = 0
        for index in 0..<count {
            if !pending[index].isSettled { newlySettled += 1 }
            if pending[index].isAnswered { continue }
            shared.answer(.stored(pending[index].batch))
        }
        pending.removeFirst(count)
        // After the answers: who reads what was stored has heard of it before.
        move(settled: newlySettled, stored: count)
    }

    private func move(settled: Int, stored: Int) {
        let isReaderDue = work.withLock { work in
            work.settledCount += UInt64(settled)
            work.storedCount += UInt64(stored)
            return work.hasReadyQuestion
        }
        if isReaderDue { work.wake(.reader) }
    }

    /// Those who wait learn that it is not known whether, or when, their batch is stored. They get
    /// no other reply, and the batch goes on to be stored.
    func delayPending() {
        var newlySettled = 0
        for index in pending.indices where !pending[index].isSettled {
            pending[index].isSettled = true
            newlySettled += 1
            if pending[index].isAnswered { continue }
            shared.answer(.delayed(pending[index].batch))
        }
        if newlySettled > 0 { move(settled: newlySettled, stored: 0) }
    }

    /// Nothing of this transaction is stored, or nobody knows: all of it is tried again, until it
    /// succeeds.
    private func failed(_ error: DatabaseError) {
        if file.connection.isInTransaction { try? file.connection.run("ROLLBACK") }
        if !error.leavesConnectionUsable { statements = nil }
        let pauses = shared.options.pauses
        let pause = trouble.map { min($0.pause * 2, pauses.upperBound) } ?? pauses.lowerBound
        let isNews = trouble?.reason != error.reason
        trouble = Trouble(
            reason: error.reason, retryAt: Clock.nanoseconds + pause, pause: pause)
        shared.figures.change { figures in
            figures.writeFailureCount += 1
            figures.state = .fails(error.reason)
            figures.lastError = error
        }
        if isNews { shared.answer(.state(.fails(error.reason))) }
        delayPending()
    }

    private func recovered() {
        guard trouble != nil else { return }
        trouble = nil
        shared.figures.change { $0.state = .works }
        shared.answer(.state(.works))
    }
}

extension StoreBatch {
    /// Whether there is anything but replies in it.
    var needsStoring: Bool {
        items.contains { if case .reply = $0 { false } else { true } }
    }
}

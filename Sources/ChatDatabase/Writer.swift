// The thread that stores: it takes what has come, stores as much as fits into one commit, answers,
// and tidies up in between.
import ChatRooms
import Storage

/// The thread that stores. It owns the connection that writes.
final class Writer {
    let work: Monitor<WorkList>
    let shared: ChatDatabase.Shared
    var file: OpenedFile
    /// nil after an error for which the file is opened anew.
    var statements: BatchWriter?
    var housekeeping: Housekeeping

    /// A batch that is not stored yet.
    struct Pending {
        var batch: StoreBatch
        /// Whether the chat has its last answer already: it gets none when it is stored.
        var isAnswered = false
        /// Whether questions that stand behind it need not wait any longer.
        var isSettled = false
    }
    /// Oldest first.
    var pending: [Pending] = []

    /// While nothing can be stored.
    struct Trouble {
        var reason: StoreState.Reason
        /// Nanoseconds, of the clock and as a time span.
        var retryAt: UInt64
        var pause: UInt64
    }
    var trouble: Trouble?

    /// A commit is begun with what came while the last one ran, and takes more for as long as this,
    /// in nanoseconds: with the disk's part it is below 20 ms.
    static let collectingTime: UInt64 = 10_000_000

    private init(
        _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared, _ file: OpenedFile
    ) throws(DatabaseError) {
        self.work = work
        self.shared = shared
        self.file = file
        statements = try BatchWriter(file.connection)
        housekeeping = try Housekeeping(file.connection, shared)
    }

    /// The thread: opens the file, works until the database is closed, and gives the lock up.
    static func run(
        _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared, _ lock: LockFile
    ) {
        do throws(DatabaseError) {
            let file = try OpenedFile.begin(shared.path, shared.options)
            try serve(work, shared, file, state: StateLoading.load(file.connection))
        } catch {
            // Everything is closed by now: another attempt finds nothing in its way.
            lock.release()
            work.withLock(waking: [.opener]) { $0.opening = .failure(error) }
            return
        }
        lock.release()
        work.withLock(waking: [.opener]) { $0.isClosed = true }
    }

    /// Works with the open file until the database is closed. Throws if it cannot begin.
    static func serve(
        _ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared, _ file: OpenedFile,
        state: StoredState
    ) throws(DatabaseError) {
        let writer = try Writer(work, shared, file)
        guard WorkerThread.start("roost-read", { Reader.run(work, shared) }) else {
            throw DatabaseError(.noThread, shared.path)
        }
        let identity = ChatDatabase.Identity(
            boot: file.boot, schemaVersion: shared.options.schema.version)
        work.withLock(waking: [.opener]) { work in
            work.identity = identity
            work.opening = .success(state)
        }
        writer.loop()
        writer.finish()
    }

    private func loop() {
        while true {
            let isClosing = takeWork()
            let isBusy = !pending.isEmpty
            if let trouble, Clock.nanoseconds < trouble.retryAt, !isClosing { continue }
            if pending.isEmpty {
                if isClosing { return }
            } else {
                storeSome()
                // What can't be stored at the end is lost: the chat knows it as delayed.
                if isClosing, trouble != nil { return }
            }
            if trouble == nil { housekeeping.run(isBusy: isBusy) }
        }
    }

    /// Waits until there is something to do, and takes what has come. Returns whether the database
    /// is being closed.
    private func takeWork() -> Bool {
        let canWait = trouble != nil || pending.isEmpty
        let deadline = canWait ? trouble?.retryAt ?? housekeeping.nextAt : 0
        let (batches, isClosing) =
            work.wait(as: .writer, until: deadline) { work -> ([StoreBatch], Bool)? in
                guard !work.batches.isEmpty || work.isClosing else { return nil }
                defer { work.batches = [] }
                return (work.batches, work.isClosing)
            } ?? ([], false)
        for batch in batches {
            pending.append(Pending(batch: batch))
            if trouble == nil, shared.options.acknowledgement == .early {
                pending[pending.count - 1].isAnswered = true
                shared.answer(.stored(batch))
            }
        }
        if trouble != nil { delayPending() }
        return isClosing
    }

    /// Empties the log, once the reader is gone, and closes the file.
    private func finish() {
        work.withLock(waking: [.reader]) { $0.isWriterDone = true }
        let leavesLog = work.wait(as: .writer) { $0.isReaderDone ? $0.leavesLog : nil } ?? false
        if leavesLog {
            file.connection.keepLogAtClose()
        } else if trouble == nil {
            // Without it nothing is lost: the next opening reads the log.
            _ = try? file.connection.checkpoint(.truncating)
        }
        statements = nil
    }
}

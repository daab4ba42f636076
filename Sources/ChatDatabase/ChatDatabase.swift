// The chat's store in a file: what is public of it. Two threads of its own do the work.
import ChatRooms
import Storage
import Synchronization

/// A database of rooms, messages and users, which a chat uses as its store.
///
/// What is given to ``submit(_:)`` is stored in order by one thread, many batches in one commit;
/// questions are answered by another one. Answers come through the closure given to
/// ``open(path:options:answer:)``, on these threads.
public final class ChatDatabase: Sendable {
    private let work: Monitor<WorkList>
    private let shared: Shared

    /// What both threads need besides the work.
    struct Shared: Sendable {
        let path: String
        let options: DatabaseOptions
        let answer: @Sendable (StoreAnswer) -> Void
        let figures: FiguresBoard
    }

    /// Which file a database is, for a program that goes on with it: see
    /// ``resume(_:path:options:answer:)``.
    public struct Identity: Hashable, Sendable {
        /// The random number that the opening server has written into the file, in hexadecimal.
        public var boot: String
        /// The version of the tables.
        public var schemaVersion: Int

        /// An identity from its parts.
        public init(boot: String, schemaVersion: Int) {
            self.boot = boot
            self.schemaVersion = schemaVersion
        }
    }

    /// The newest version of the tables that this program knows. It brings older ones up to it.
    public static var schemaVersion: Int { Schema.current.version }

    private init(_ work: Monitor<WorkList>, _ shared: Shared) {
        self.work = work
        self.shared = shared
    }

    /// Opens the database at `path`, or makes one. It waits for the disk. Only one process can have
    /// it: a lock is held on `path` + ".lock" until ``close(checkpoint:)``.
    ///
    /// - Parameters:
    ///   - path: the file; its folder has to exist.
    ///   - answer: gets every answer, on the database's threads; it returns quickly.
    /// - Returns: the database, and what a chat has to know of it before it begins.
    /// - Throws: a sentence for the operator.
    public static func open(
        path: String, options: DatabaseOptions = DatabaseOptions(),
        answer: @escaping @Sendable (StoreAnswer) -> Void
    ) throws(DatabaseError) -> (ChatDatabase, StoredState) {
        let lock = try LockFile(forDatabase: path)
        let work = Monitor(WorkList())
        let shared = Shared(path: path, options: options, answer: answer, figures: FiguresBoard())
        let isStarted = WorkerThread.start("roost-store") {
            Writer.run(work, shared, lock)
        }
        guard isStarted else { throw DatabaseError(.noThread, path) }
        let state = try work.wait(as: .opener) { $0.opening }!.get()
        return (ChatDatabase(work, shared), state)
    }

    /// Goes on with a database that the program before has closed, without a checkpoint, in the
    /// midst of a chat. Returns at once, since all that the chat needs of it is in memory: the file
    /// is opened on the database's threads, and what is given to them before that waits. While it
    /// cannot be opened, that is tried again and again, and the state is a failure.
    ///
    /// - Parameters:
    ///   - identity: of the file; another one at `path` counts as replaced.
    ///   - path: as in ``open(path:options:answer:)``.
    /// - Throws: if the system has no more threads.
    public static func resume(
        _ identity: Identity, path: String, options: DatabaseOptions = DatabaseOptions(),
        answer: @escaping @Sendable (StoreAnswer) -> Void
    ) throws(DatabaseError) -> ChatDatabase {
        let work = Monitor(WorkList(identity: identity))
        let shared = Shared(path: path, options: options, answer: answer, figures: FiguresBoard())
        let isStarted = WorkerThread.start("roost-store") {
            Writer.resume(work, shared, identity)
        }
        guard isStarted else { throw DatabaseError(.noThread, path) }
        return ChatDatabase(work, shared)
    }

    /// Which file it is.
    public var identity: Identity {
        work.withLock { $0.identity } ?? Identity(boot: "", schemaVersion: 0)
    }

    /// Stores the batches in their order, after all that were given before: in one commit, if they
    /// fit. A `stored` follows for each when it is durable; before that perhaps `delayed`, if it is
    /// not known when that will be. May be called from any thread, and never waits for the disk.
    public func submit(_ batches: [StoreBatch]) {
        work.withLock(waking: [.writer]) { work in
            work.batches.append(contentsOf: batches)
            work.submittedCount += UInt64(batches.count)
        }
    }

    /// Answers the question, behind what was given to ``submit(_:)`` before. May be called from any
    /// thread.
    public func ask(_ question: StoreQuestion) {
        work.withLock(waking: [.reader]) { work in
            let asked = WorkList.Asked(question: question, batchCount: work.submittedCount)
            work.questions.append(asked)
        }
    }

    /// What an operator wants to know; may be called from any thread.
    public var figures: DatabaseFigures {
        var figures = shared.figures.read()
        figures.path = shared.path
        (figures.waitingBatchCount, figures.waitingQuestionCount) = work.withLock { work in
            (Int(work.submittedCount - work.storedCount), work.questions.count)
        }
        return figures
    }

    /// Stores and answers what was given before, and closes the file. While nothing can be stored,
    /// one more attempt is made; what is left then is lost, and its batches were `delayed`.
    ///
    /// - Parameter checkpoint: whether the write-ahead log is emptied. Without, it stays beside the
    ///   file, and the next opening reads it; closing is quicker.
    public func close(checkpoint: Bool = true) {
        work.withLock(waking: [.writer, .reader]) { work in
            work.isClosing = true
            work.leavesLog = !checkpoint
        }
        _ = work.wait(as: .opener) { $0.isClosed ? true : nil }
    }
}

/// The figures, which the threads change and everybody may read.
final class FiguresBoard: Sendable {
    private let figures = Mutex(DatabaseFigures())

    func read() -> DatabaseFigures { figures.withLock { $0 } }

    func change(_ body: (inout DatabaseFigures) -> Void) { figures.withLock { body(&$0) } }
}

// What the chat's thread and the database's two threads have in common.
import ChatRooms

/// What waits to be stored or answered, and how far the threads have come.
struct WorkList {
    /// Batches that the writer has not taken yet, oldest first.
    var batches: [StoreBatch] = []
    /// How many batches were given, how many of them are stored or delayed, and how many stored.
    var submittedCount: UInt64 = 0
    var settledCount: UInt64 = 0
    var storedCount: UInt64 = 0

    /// A question, and how many batches it stands behind.
    struct Asked {
        var question: StoreQuestion
        var batchCount: UInt64
    }
    /// Questions that the reader has not taken yet, oldest first.
    var questions: [Asked] = []

    /// How far an opening has come; the threads stop once `isClosing` is set.
    var opening: Result<StoredState, DatabaseError>?
    /// The file that was opened; nil before that.
    var identity: ChatDatabase.Identity?
    var isClosing = false
    var leavesLog = false
    var isWriterDone = false
    var isReaderDone = false
    var isClosed = false

    /// The questions that may be answered now.
    mutating func takeQuestions() -> [StoreQuestion] {
        let count = questions.firstIndex { $0.batchCount > settledCount } ?? questions.count
        guard count > 0 else { return [] }
        defer { questions.removeFirst(count) }
        return questions[..<count].map(\.question)
    }

    /// Whether the reader has to be woken for a batch that was settled.
    var hasReadyQuestion: Bool { questions.first.map { $0.batchCount <= settledCount } ?? false }
}

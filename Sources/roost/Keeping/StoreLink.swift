// The chat's store as the server's thread sees it: what has been given to it, and for how long it
// has not answered.
import ChatRooms
import LinuxReactor
import Storage

/// What keeps messages and users, on threads of its own. Answers come by mail.
protocol MessageStore: Sendable {
    /// Keeps batches, in their order and behind those before them. Never waits.
    func submit(_ batches: [StoreBatch])
    /// Answers a question, behind what was submitted before. Never waits.
    func ask(_ question: StoreQuestion)
}

/// The way to the store.
struct StoreLink {
    /// A batch that is not kept after this time is answered: it is not known whether it will be.
    static let patience = Duration.seconds(5)
    /// From here on the store is slow, and a person should know.
    static let slowness = Duration.milliseconds(250)

    private let store: any MessageStore
    /// Batches that are not kept yet, oldest first.
    private var outstanding = Queue<(batch: StoreBatch, since: Instant)>()
    /// How many of them have been answered because of their age.
    private var overdueCount = 0

    init(_ store: any MessageStore) {
        self.store = store
    }

    /// Whether everything that was submitted is kept.
    var isAtRest: Bool { outstanding.isEmpty }

    mutating func submit(_ batches: [StoreBatch], at now: Instant) {
        for batch in batches { outstanding.append((batch, now)) }
        store.submit(batches)
    }

    func ask(_ questions: [StoreQuestion]) {
        for question in questions { store.ask(question) }
    }

    /// Notes an answer before the chat hears it.
    mutating func received(_ answer: StoreAnswer) {
        guard case .stored = answer, !outstanding.isEmpty else { return }
        outstanding.removeFirst()
        overdueCount = max(0, overdueCount - 1)
    }

    /// How long the oldest batch has been waiting.
    func delay(at now: Instant) -> Duration {
        outstanding.first.map { now.since($0.since) } ?? .zero
    }

    /// The batches that have now waited for too long, each once.
    mutating func takeOverdue(at now: Instant) -> [StoreBatch] {
        var overdue: [StoreBatch] = []
        while overdueCount < outstanding.count {
            let next = outstanding[overdueCount]
            guard now.since(next.since) >= Self.patience else { break }
            overdue.append(next.batch)
            overdueCount += 1
        }
        return overdue
    }
}

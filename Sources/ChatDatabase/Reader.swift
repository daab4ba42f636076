// The thread that answers questions, on a connection of its own: it reads while the writer writes,
// and while nothing can be written.
import ChatRooms

/// The thread that reads. It opens its connection at the first question, and anew after an error.
struct Reader {
    private let shared: ChatDatabase.Shared
    private var reading: Reading?
    private var searching: SearchReading?
    /// The newest pages that were read for the questions at hand, newest last. When many people
    /// come back to a room at once, most of them ask for the same page.
    private var pages: [(request: PageRequest, page: StoredPage)] = []
    private static let keptPageCount = 8
    /// Whether the connection has pages of the file in memory. Nanoseconds without a question after
    /// which they are freed.
    private var hasCache = false
    private static let cacheLifetime: UInt64 = 10_000_000_000

    /// The thread: answers until the database is closed.
    static func run(_ work: Monitor<WorkList>, _ shared: ChatDatabase.Shared) {
        var reader = Reader(shared: shared)
        while true {
            let releaseAt = reader.hasCache ? Clock.nanoseconds + Self.cacheLifetime : nil
            let questions = work.wait(as: .reader, until: releaseAt) { work -> [StoreQuestion]? in
                let questions = work.takeQuestions()
                return questions.isEmpty && !work.isWriterDone ? nil : questions
            }
            guard let questions else {
                reader.releaseCache()
                continue
            }
            if questions.isEmpty { break }
            for question in questions { reader.answer(question) }
            reader.pages = []
        }
        (reader.reading, reader.searching) = (nil, nil)
        work.withLock(waking: [.writer]) { $0.isReaderDone = true }
    }

    private init(shared: ChatDatabase.Shared) { self.shared = shared }

    private mutating func releaseCache() {
        reading?.releaseCache()
        hasCache = false
    }

    private mutating func answer(_ question: StoreQuestion) {
        hasCache = true
        do throws(DatabaseError) {
            if self.reading == nil { self.reading = try opened() }
            guard let reading else { return }
            switch question {
            case .room(let ticket, let key, let countLimit, let byteLimit):
                let (room, page) = try reading.room(key, countLimit, byteLimit)
                shared.answer(.room(ticket: ticket, room, page))
            case .page(let request):
                shared.answer(.page(ticket: request.ticket, try page(request, reading)))
            case .listing(let ticket, let request):
                let (list, rowCount) = try reading.rooms(request)
                shared.answer(.listing(ticket: ticket, list, rowCount: rowCount))
            case .search(let request):
                shared.answer(.found(ticket: request.ticket, try search(request, reading)))
            }
        } catch {
            if !error.leavesConnectionUsable { (reading, searching) = (nil, nil) }
            shared.figures.change { figures in
                figures.readFailureCount += 1
                figures.lastError = error
            }
            shared.answer(.failed(ticket: question.ticket))
        }
    }

    /// All questions at hand came after what they must see was stored, so one may have the page
    /// of another that asks for the same.
    private mutating func page(
        _ request: PageRequest, _ reading: Reading
    ) throws(DatabaseError) -> StoredPage {
        var same = request
        same.ticket = 0
        if let known = pages.last(where: { $0.request == same }) { return known.page }
        let page = try reading.page(request)
        if pages.count == Self.keptPageCount { pages.removeFirst() }
        pages.append((same, page))
        return page
    }

    private mutating func search(
        _ request: SearchRequest, _ reading: Reading
    ) throws(DatabaseError) -> FoundMessages {
        let start = Clock.nanoseconds
        if searching == nil { searching = try reading.searching() }
        let found = try searching!.search(request)
        let time = Clock.nanoseconds - start
        shared.figures.change { figures in
            figures.searchCount += 1
            figures.searchedRowCount += found.visitedCount
            figures.searchTime.add(time)
        }
        return found
    }

    private func opened() throws(DatabaseError) -> Reading {
        try Reading(try OpenedFile.reading(shared.path, shared.options))
    }
}

extension StoreQuestion {
    /// The question's number, which its answer has.
    var ticket: UInt64 {
        switch self {
        case .room(let ticket, _, _, _), .listing(let ticket, _): ticket
        case .page(let request): request.ticket
        case .search(let request): request.ticket
        }
    }
}

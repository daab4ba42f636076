// A database in a folder of its own, what is given to it, and what it answers.
import Foundation
import Storage
import Synchronization
import Testing

@testable import ChatDatabase
@testable import ChatRooms

/// A folder that goes with the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/roost-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/roost.db" }
}

/// A room as a chat has it in memory.
struct TestRoom {
    var number: Int64
    var name: String
    var epoch: UInt64
    /// The newest entry's place.
    var last = Place(offset: 0, epoch: 0)

    var stored: StoredRoom {
        StoredRoom(
            number: number, key: Chat.nameKey(name), name: name,
            last: Place(offset: 0, epoch: epoch),
            firstOffset: 1)
    }
}

/// A chat's side of a database: it gives, asks, and waits for answers.
final class Desk: Sendable {
    struct Heard {
        var answers: [StoreAnswer] = []
        /// Batches and questions that have no answer yet.
        var openCount = 0
        /// Batches given, and the numbers of delayed ones, as long as they are not stored.
        var givenCount: UInt64 = 0
        var delayed: Set<UInt64> = []
        var ticket: UInt64 = 0
        var roomCount: Int64 = 0
    }

    let folder: Folder
    let database: ChatDatabase
    let state: StoredState
    private let heard: Monitor<Heard>

    init(
        _ folder: Folder? = nil, options: DatabaseOptions = DatabaseOptions()
    ) throws {
        let folder = try folder ?? Folder()
        let heard = Monitor(Heard())
        var options = options
        // Every test has the index of words under way.
        options.indexedTogether = 1
        (database, state) = try ChatDatabase.open(path: folder.database, options: options) {
            answer in
            heard.withLock(waking: [.opener]) { heard in
                heard.answers.append(answer)
                switch answer {
                case .stored(let batch):
                    if heard.delayed.remove(batch.number) == nil { heard.openCount -= 1 }
                case .delayed(let batch):
                    heard.delayed.insert(batch.number)
                    heard.openCount -= 1
                case .state: return
                default: heard.openCount -= 1
                }
            }
        }
        self.folder = folder
        self.heard = heard
        heard.withLock { [state] in $0.roomCount = state.nextRoomNumber - 1 }
    }

    // MARK: Giving

    func room(_ name: String, epoch: UInt64 = 42) -> TestRoom {
        let number = heard.withLock { heard in
            heard.roomCount += 1
            return heard.roomCount
        }
        return TestRoom(number: number, name: name, epoch: epoch)
    }

    /// A batch of `count` messages in the room, which goes on from there.
    func batch(
        in room: inout TestRoom, count: Int, opensRoom: Bool = false,
        text: (Int) -> String = { "message \($0) of \\\"many\\\"" }, at: Int64 = 1_795_000_000_000
    ) -> StoreBatch {
        var batch = StoreBatch()
        if opensRoom { batch.items.append(.room(room.stored)) }
        var out = ByteBuffer()
        for _ in 0..<count {
            let place = Place(offset: room.last.offset + 1, epoch: room.epoch)
            let author = Int64(place.offset % 3 + 1)
            let entry = StoredEntry(
                room: room.number, place: place,
                beginsEpoch: room.last.offset == 0 || room.last.epoch != room.epoch,
                author: author, at: at + Int64(place.offset))
            let id = place.offset % 2 == 0 ? Array("id-\(place.offset)".utf8) : []
            let body = Array(text(place.offset).utf8)
            let written = EntryFrame.write(
                entry, room: room.name, user: "user\(author)", text: body.span, id: id.span,
                to: &out)
            batch.items.append(
                .entry(
                    written, room: RoomID(index: 0, generation: 0), mark: 0, reply: .nobody))
            room.last = place
        }
        batch.bytes = [UInt8](copying: out.span)
        return batch
    }

    /// Gives a batch, and waits until it is stored or delayed.
    func submit(_ batches: StoreBatch...) {
        for batch in batches { give(batch) }
        settle()
    }

    func give(_ batch: StoreBatch) {
        var batch = batch
        batch.number = heard.withLock { heard in
            heard.openCount += 1
            heard.givenCount += 1
            return heard.givenCount
        }
        database.submit([batch])
    }

    // MARK: Asking

    /// Counts a question, and names it.
    func nextTicket() -> UInt64 {
        heard.withLock { heard in
            heard.openCount += 1
            heard.ticket += 1
            return heard.ticket
        }
    }

    func page(
        _ room: TestRoom, _ direction: PageRequest.Direction, end: Int = .max,
        countLimit: Int = 1000, byteLimit: Int = 1 << 20
    ) -> StoredPage {
        ask(room, direction, end: end, countLimit: countLimit, byteLimit: byteLimit)!
    }

    /// The page; nil if it could not be read.
    func ask(
        _ room: TestRoom, _ direction: PageRequest.Direction, end: Int = .max,
        countLimit: Int = 1000, byteLimit: Int = 1 << 20
    ) -> StoredPage? {
        let ticket = nextTicket()
        database.ask(
            .page(
                PageRequest(
                    ticket: ticket, room: room.number, name: room.name, direction: direction,
                    end: end,
                    countLimit: countLimit, byteLimit: byteLimit)))
        return waitFor { answer -> StoredPage?? in
            switch answer {
            case .page(ticket: ticket, let page): .some(page)
            case .failed(ticket: ticket): .some(nil)
            default: nil
            }
        }
    }

    /// The room with this name as the database has it; nil if there is none.
    func stored(
        _ name: String, countLimit: Int = 1000, byteLimit: Int = 1 << 20
    ) -> (StoredRoom?, StoredPage)? {
        let ticket = nextTicket()
        database.ask(
            .room(
                ticket: ticket, key: Chat.nameKey(name), countLimit: countLimit,
                byteLimit: byteLimit))
        return waitFor { answer -> (StoredRoom?, StoredPage)?? in
            switch answer {
            case .room(ticket: ticket, let room, let page): .some((room, page))
            case .failed(ticket: ticket): .some(nil)
            default: nil
            }
        }
    }

    // MARK: Waiting

    /// Waits for the answer that `match` knows.
    func waitFor<Result>(_ match: (StoreAnswer) -> Result?) -> Result {
        heard.wait(as: .opener) { heard in
            for answer in heard.answers.reversed() {
                if let result = match(answer) { return result }
            }
            return nil
        }!
    }

    /// Waits until everything given and asked has an answer.
    func settle() { _ = heard.wait(as: .opener) { $0.openCount == 0 ? true : nil } }

    /// Waits until the database says that it works, or fails for this reason.
    func awaitState(_ state: StoreState) {
        _ = heard.wait(as: .opener) { heard in
            for case .state(let last) in heard.answers.reversed() {
                return last == state ? true : nil
            }
            return nil
        }
    }

    var answers: [StoreAnswer] { heard.withLock { $0.answers } }

    /// The states that were reported, in their order.
    var states: [StoreState] {
        answers.compactMap { if case .state(let state) = $0 { state } else { nil } }
    }
}

func frames(_ page: StoredPage) -> [String] {
    page.entries.map { String(decoding: page.bytes[$0.frame], as: UTF8.self) }
}

func frames(_ batch: StoreBatch) -> [String] {
    batch.items.compactMap {
        guard case .entry(let entry, _, _, _) = $0 else { return nil }
        return String(decoding: batch.bytes[entry.frame], as: UTF8.self)
    }
}

// A store that keeps everything, knows some rooms by heart, and answers when the test says so.
import ChatRooms
import Storage
import Synchronization

@testable import roost

/// A store for a chat on the simulated machine.
final class ScriptedStore: MessageStore {
    private struct State {
        var batches: [StoreBatch] = []
        var questions: [StoreQuestion] = []
    }

    private let state = Mutex(State())
    /// Rooms whose names begin with this have messages.
    let stored = "old"
    private let messageCount: Int

    init(messageCount: Int) {
        self.messageCount = messageCount
    }

    /// What a chat with this store begins with.
    var kept: KeptChat {
        KeptChat(
            store: self, state: StoredState(nextRoomNumber: 1_000, nextUserNumber: 1_000, users: [])
        )
    }

    func submit(_ batches: [StoreBatch]) { state.withLock { $0.batches += batches } }
    func ask(_ question: StoreQuestion) { state.withLock { $0.questions.append(question) } }

    /// How many questions wait for their answer.
    var questionCount: Int { state.withLock { $0.questions.count } }

    /// The answers to everything that has come.
    func answers() -> [StoreAnswer] {
        let taken = state.withLock { state in
            let taken = state
            state = State()
            return taken
        }
        return taken.batches.map { .stored($0) } + taken.questions.map(answer)
    }

    private func answer(_ question: StoreQuestion) -> StoreAnswer {
        switch question {
        case .room(let ticket, let key, let countLimit, let byteLimit):
            guard key.hasPrefix(stored) else { return .room(ticket: ticket, nil, StoredPage()) }
            let room = StoredRoom(
                number: 1, key: key, name: key, last: Place(offset: messageCount, epoch: 7),
                firstOffset: 1)
            let count = min(messageCount, countLimit, byteLimit / 320)
            let newest = page(key, messageCount - count + 1...messageCount)
            return .room(ticket: ticket, room, newest)
        case .listing(let ticket, _): return .listing(ticket: ticket, [], rowCount: 0)
        case .search(let request): return .found(ticket: request.ticket, FoundMessages())
        case .page(let request):
            switch request.direction {
            case .after(let offset, _):
                let end = min(messageCount, request.end - 1, offset + request.countLimit)
                return .page(ticket: request.ticket, page(request.name, offset + 1...end))
            case .before(let offset):
                let end = min(messageCount, request.end - 1, offset - 1)
                let start = max(1, end - request.countLimit + 1)
                return .page(ticket: request.ticket, page(request.name, start...end))
            }
        }
    }

    private func page(_ room: String, _ offsets: ClosedRange<Int>) -> StoredPage {
        var out = ByteBuffer()
        var page = StoredPage()
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        for offset in offsets {
            let entry = StoredEntry(
                room: 1, place: Place(offset: offset, epoch: 7), beginsEpoch: false, author: 1,
                at: 1_700_000_000_000)
            let none = [UInt8]()
            page.entries.append(
                EntryFrame.write(
                    entry, room: room, user: "ann", text: text.span, id: none.span, to: &out))
        }
        page.isContinuous = true
        page.bytes = out.span.withUnsafeBufferPointer { [UInt8]($0) }
        return page
    }
}

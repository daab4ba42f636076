// Which messages a page has: held against a plain list, and against how SQLite finds them.
import TestSupport
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct PageTests {
    /// A page by the words of ``PageRequest``, from a list of all that is kept.
    private func model(
        _ kept: [(place: Place, frame: String)], last: Int, _ direction: PageRequest.Direction,
        end: Int, _ countLimit: Int, _ byteLimit: Int
    ) -> (frames: [String], isContinuous: Bool) {
        func fitting(_ frames: some Sequence<String>) -> [String] {
            var (count, bytes) = (0, 0)
            return frames.prefix { frame in
                count += 1
                bytes += frame.utf8.count
                return count == 1 || count <= countLimit && bytes <= byteLimit
            }
        }
        let first = kept.first?.place.offset ?? last + 1
        switch direction {
        case .before(let offset):
            let before = kept.filter { $0.place.offset < min(offset, end) }.map(\.frame)
            return (Array(fitting(before.reversed()).reversed()), false)
        case .after(let offset, let epoch):
            let proof = kept.first { $0.place.offset == max(offset, 1) }?.place.epoch
            let isContinuous = epoch == nil ? first <= offset + 1 : proof == epoch
            guard isContinuous || epoch == nil else { return ([], false) }
            let behind = kept.filter { $0.place.offset > offset && $0.place.offset < end }
            return (fitting(behind.map(\.frame)), isContinuous)
        }
    }

    @Test(arguments: 0..<8)
    func `Pages are as they are documented`(seed: UInt64) throws {
        var random = Seeded(seed)
        var options = DatabaseOptions()
        let limit = Int.random(in: 5...60, using: &random)
        options.retention.countPerRoom = seed % 2 == 0 ? limit : nil
        let desk = try Desk(options: options)
        var room = desk.room("room")
        var all: [(place: Place, frame: String)] = []
        for life in 0..<4 {
            room.epoch = UInt64(life + 1)
            let count = Int.random(in: 1...20, using: &random)
            let batch = desk.batch(in: &room, count: count, opensRoom: life == 0)
            let places = batch.items.compactMap {
                if case .entry(let entry, _, _, _) = $0 { entry.place } else { nil }
            }
            all += zip(places, frames(batch)).map { ($0, $1) }
            desk.submit(batch)
        }
        if options.retention.countPerRoom != nil {
            desk.awaitFirst(max(1, all.count - limit + 1), of: room)
        }
        let kept = Array(all.suffix(options.retention.countPerRoom ?? all.count))
        for _ in 0..<300 {
            let offset = Int.random(in: 0...all.count + 2, using: &random)
            let epoch = Bool.random(using: &random) ? UInt64.random(in: 1...4, using: &random) : nil
            let direction =
                Bool.random(using: &random)
                ? PageRequest.Direction.before(offset: offset)
                : .after(offset: offset, epoch: epoch)
            let end = Bool.random(using: &random) ? Int.max : Int.random(in: 1...80, using: &random)
            let countLimit = Int.random(in: 1...30, using: &random)
            let byteLimit = Int.random(in: 1...4000, using: &random)
            let page = desk.page(
                room, direction, end: end, countLimit: countLimit, byteLimit: byteLimit)
            let expected = model(
                kept, last: all.count, direction, end: end, countLimit, byteLimit)
            #expect(
                frames(page) == expected.frames, "\(direction) \(end) \(countLimit) \(byteLimit)")
            #expect(page.isContinuous == expected.isContinuous, "\(direction)")
            #expect(page.firstOffset == kept[0].place.offset)
            let (stored, newest) = desk.stored(
                "ROOM", countLimit: countLimit, byteLimit: byteLimit)!
            #expect(stored?.last == all.last?.place && stored?.name == "room")
            #expect(stored?.firstOffset == kept[0].place.offset)
            var room = model(
                kept, last: all.count, .before(offset: .max), end: .max, countLimit, byteLimit
            ).frames
            if room.count == 1, room[0].utf8.count > byteLimit { room = [] }
            #expect(frames(newest) == room)
        }
        desk.database.close()
    }

    @Test func `A room that is not there is answered, and one without messages`() throws {
        let desk = try Desk()
        #expect(desk.stored("nowhere")!.0 == nil)
        var batch = StoreBatch()
        let room = desk.room("empty")
        batch.items = [.room(room.stored)]
        desk.submit(batch)
        let (stored, page) = desk.stored("empty")!
        #expect(stored?.number == room.number && stored?.firstOffset == 1 && page.entries.isEmpty)
        #expect(desk.page(room, .after(offset: 0, epoch: 42)).isContinuous == false)
        desk.database.close()
    }

    @Test func `Rows are found by an index, in their order`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        let connection = try Connection(folder.database, .reading)
        for query in Reading.queries {
            let plan = try Statement("EXPLAIN QUERY PLAN " + query, on: connection)
            while try plan.step() {
                let step = plan.string(3)
                #expect(step.hasPrefix("SEARCH "), "\(query): \(step)")
            }
        }
    }
}

extension Desk {
    /// Waits until the room's oldest message is this one.
    func awaitFirst(_ offset: Int, of room: TestRoom) {
        while page(room, .before(offset: 1)).firstOffset != offset {}
    }
}

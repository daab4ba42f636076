// Lives of a database, each of which ends in a crash, and a check of what is left after each.
import TestSupport

@testable import ChatDatabase
@testable import ChatRooms

/// Some lives of a chat on one disk. In each the chat goes on where the database stands, in a new
/// epoch, until the power goes.
struct Crashes {
    private var random: Seeded
    private let disk = TestDisk()
    private let folder: Folder
    private var options: DatabaseOptions

    /// What the rooms hold, in order, as far as the last check found it.
    private var kept: [Int64: [String]] = [:]
    private var rooms: [TestRoom] = []
    private var life = 0

    /// What was given in this life, in order.
    private var given: [Given] = []
    private struct Given {
        var frames: [(room: Int64, frame: String)] = []
        var rooms: [TestRoom] = []
        /// Where the rooms stand behind it.
        var ends: [Int64: Place] = [:]
    }

    init(seed: UInt64, mutant: Mutant? = nil) throws {
        random = Seeded(seed)
        folder = try Folder()
        options = disk.options
        mutant?.apply(to: &options)
    }

    /// What is wrong after the crashes, in sentences.
    mutating func run() throws -> [String] {
        for _ in 0..<4 {
            life += 1
            let storedCount = live()
            disk.restart(seed: random.next())
            let flaws = check(storedCount)
            if !flaws.isEmpty { return flaws }
        }
        return []
    }

    /// Returns how many of the batches, from the first on, were answered as stored.
    private mutating func live() -> Int {
        given = []
        disk.crash(at: Int.random(in: 1...(life == 1 ? 60 : 160), using: &random))
        guard let desk = try? Desk(folder, options: options) else { return 0 }
        for index in rooms.indices { rooms[index].epoch = UInt64(1000 * life) + UInt64(index) }
        for _ in 0..<Int.random(in: 5...40, using: &random) where !disk.isDark {
            give(desk)
            if Bool.random(using: &random) { desk.settle() }
        }
        desk.settle()
        desk.database.close(checkpoint: Bool.random(using: &random))
        return desk.answers.count { if case .stored = $0 { true } else { false } }
    }

    private mutating func give(_ desk: Desk) {
        var new = Given()
        var batch = StoreBatch()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let opensRoom = rooms.isEmpty || Int.random(in: 0..<8, using: &random) == 0
            if opensRoom {
                let number = Int64(rooms.count + 1)
                rooms.append(
                    TestRoom(number: number, name: "room\(number)", epoch: UInt64(1000 * life)))
                new.rooms.append(rooms.last!)
            }
            let index = opensRoom ? rooms.count - 1 : Int.random(in: rooms.indices, using: &random)
            let length = Int.random(in: 0...3000, using: &random)
            let tag = random.next()
            let part = desk.batch(
                in: &rooms[index], count: Int.random(in: 1...4, using: &random),
                opensRoom: opensRoom
            ) { "\(tag) \($0) " + String(repeating: "x", count: length) }
            batch.append(part)
            new.frames += frames(part).map { (rooms[index].number, $0) }
            new.ends[rooms[index].number] = rooms[index].last
        }
        given.append(new)
        desk.give(batch)
    }

    /// What is there has to be what was there before, and some of what was given since, from the
    /// first batch on, without a gap, and at least what was answered.
    private mutating func check(_ storedCount: Int) -> [String] {
        let desk: Desk
        do { desk = try Desk(folder, options: options) } catch { return ["\(error)"] }
        defer { desk.database.close(checkpoint: Bool.random(using: &random)) }
        var found: [Int64: [String]] = [:]
        var ends: [Int64: Place] = [:]
        for room in rooms {
            guard let (stored, page) = desk.stored(room.name, countLimit: .max, byteLimit: .max)
            else { return ["\(room.name) could not be read"] }
            guard let stored else { continue }
            if stored.number >= desk.state.nextRoomNumber { return ["a number is given twice"] }
            if stored.last.offset != page.entries.last?.place.offset { return ["a wrong end"] }
            found[stored.number] = frames(page)
            ends[stored.number] = stored.last
        }
        // Nothing but a prefix explains it, and there is no more than one.
        guard let count = (0...given.count).last(where: { expected($0) == found }) else {
            return ["what is there is not what was given, in order"]
        }
        guard count >= storedCount else {
            return ["\(storedCount) batches were answered, and \(count) are there"]
        }
        kept = found
        rooms = rooms.filter { found[$0.number] != nil }
        for index in rooms.indices { rooms[index].last = ends[rooms[index].number]! }
        return []
    }

    private func expected(_ count: Int) -> [Int64: [String]] {
        var expected = kept
        for batch in given[..<count] {
            for (room, frame) in batch.frames { expected[room, default: []].append(frame) }
        }
        return expected
    }
}

extension StoreBatch {
    /// Adds what is in another batch.
    mutating func append(_ other: StoreBatch) {
        let distance = bytes.count
        bytes += other.bytes
        for item in other.items {
            guard case .entry(let entry, let room, let mark, let reply) = item else {
                items.append(item)
                continue
            }
            items.append(
                .entry(entry.moved(by: distance), room: room, mark: mark, reply: reply))
        }
    }
}

// A disk that fails for a while: the chat learns of it once, reading goes on, and what was given
// is stored when it works again.
import CSQLite
import Glibc
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct FaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var operation: TestDisk.Operation
        var code: Int32
        var isShort = false
        var reason: StoreState.Reason
        var testDescription: String { "\(operation) \(code) \(isShort)" }
    }

    static let faults = [
        Fault(operation: .write, code: SQLITE_FULL, reason: .full),
        Fault(operation: .write, code: SQLITE_FULL, isShort: true, reason: .full),
        Fault(operation: .write, code: SQLITE_READONLY, reason: .readOnly),
        Fault(operation: .write, code: SQLITE_IOERR | 3 << 8, isShort: true, reason: .failing),
        Fault(operation: .sync, code: SQLITE_IOERR | 4 << 8, reason: .failing),
    ]

    @Test(arguments: faults, [0, 1, 2, 5])
    func `It recovers by itself, with nothing lost, twice or out of order`(
        fault: Fault, skipped: Int
    ) throws {
        let disk = TestDisk()
        let desk = try Desk(options: disk.options)
        var room = desk.room("lobby")
        let before = desk.batch(in: &room, count: 5, opensRoom: true)
        desk.submit(before)

        disk.fail(fault.operation, after: skipped, with: fault.code, isShort: fault.isShort)
        var batches = [before]
        while desk.states.isEmpty {
            batches.append(desk.batch(in: &room, count: 3))
            desk.submit(batches.last!)
        }
        // One more, while nothing can be stored.
        batches.append(desk.batch(in: &room, count: 2))
        desk.submit(batches.last!)
        #expect(desk.states == [.fails(fault.reason)])
        #expect(desk.database.figures.state == .fails(fault.reason))
        #expect(desk.database.figures.lastError?.reason == fault.reason)
        // What was stored is there to be read.
        let readable = desk.page(room, .after(offset: 0, epoch: nil))
        #expect(frames(readable).starts(with: frames(before)))

        disk.mend()
        desk.awaitState(.works)
        let last = desk.batch(in: &room, count: 1)
        batches.append(last)
        desk.submit(last)
        #expect(desk.states == [.fails(fault.reason), .works])
        let page = desk.page(room, .after(offset: 0, epoch: nil))
        #expect(frames(page) == batches.flatMap(frames))
        #expect(desk.database.figures.state == .works)
        desk.database.close()
        #expect(desk.database.figures.waitingBatchCount == 0)
        // Each batch was delayed once at most, and stored once.
        let delayed = desk.answers.count { if case .delayed = $0 { true } else { false } }
        let stored = desk.answers.count { if case .stored = $0 { true } else { false } }
        #expect(delayed == 2 && stored == batches.count)
    }

    static let refusedWrites: [(Int32, StoreState.Reason)] = [
        (EDQUOT, .full), (ENOSPC, .full), (EROFS, .readOnly), (EIO, .failing), (0, .failing),
    ]

    @Test(arguments: refusedWrites)
    func `A write that fails is what the system calls it`(error: Int32, reason: StoreState.Reason) {
        let code = SQLITE_IOERR | 3 << 8
        #expect(SQLiteFailure.isWrite(code) && !SQLiteFailure.isWrite(SQLITE_IOERR | 1 << 8))
        #expect(SQLiteFailure(code: code, message: "", systemError: error).reason == reason)
    }

    @Test func `A lock of another program is waited for`() throws {
        let disk = TestDisk()
        let desk = try Desk(options: disk.options)
        var room = desk.room("lobby")
        let other = try Connection(desk.folder.database, .writing, vfs: disk.name)
        try other.run("BEGIN IMMEDIATE")
        let batch = desk.batch(in: &room, count: 5, opensRoom: true)
        desk.submit(batch)
        #expect(desk.states == [.fails(.locked)])
        try other.run("ROLLBACK")
        desk.awaitState(.works)
        #expect(frames(desk.page(room, .after(offset: 0, epoch: nil))) == frames(batch))
        desk.database.close()
    }

    @Test func `A file that was moved away is not written, and one put back is`() throws {
        let folder = try Folder()
        let disk = TestDisk()
        let desk = try Desk(folder, options: disk.options)
        var room = desk.room("lobby")
        let first = desk.batch(in: &room, count: 5, opensRoom: true)
        desk.submit(first)
        let aside = folder.path + "/aside"
        #expect(rename(folder.database, aside) == 0)
        let second = desk.batch(in: &room, count: 5)
        desk.submit(second)
        #expect(desk.states == [.fails(.replaced)])
        #expect(desk.database.figures.lastError?.description.contains("restart the server") == true)
        #expect(rename(aside, folder.database) == 0)
        desk.awaitState(.works)
        #expect(
            frames(desk.page(room, .after(offset: 0, epoch: nil))) == frames(first) + frames(second)
        )
        desk.database.close()
    }

    @Test func `A file of somebody else's is never written`() throws {
        let folder = try Folder()
        let other = try Folder()
        let disk = TestDisk()
        let foreign = try Desk(other, options: disk.options)
        foreign.database.close()
        let desk = try Desk(folder, options: disk.options)
        var room = desk.room("lobby")
        desk.submit(desk.batch(in: &room, count: 5, opensRoom: true))
        let bytes = try contents(of: other.database)
        #expect(rename(other.database, folder.database) == 0)
        desk.submit(desk.batch(in: &room, count: 5))
        #expect(desk.states == [.fails(.replaced)])
        desk.database.close()
        #expect(try contents(of: folder.database) == bytes)
    }

    @Test func `An entry of somebody else's is never overwritten`() throws {
        let disk = TestDisk()
        let desk = try Desk(options: disk.options)
        var room = desk.room("lobby")
        desk.submit(desk.batch(in: &room, count: 5, opensRoom: true))
        let before = frames(desk.page(room, .after(offset: 0, epoch: nil)))
        // A chat that believes that the room ends two messages earlier.
        room.last = Place(offset: 3, epoch: 42)
        room.epoch = 43
        desk.submit(desk.batch(in: &room, count: 1))
        #expect(desk.states == [.fails(.replaced)])
        #expect(frames(desk.page(room, .after(offset: 0, epoch: nil))) == before)
        desk.database.close()
    }

    @Test func `An early answer comes before the commit, and the batch once`() throws {
        let disk = TestDisk()
        var options = disk.options
        options.acknowledgement = .early
        let desk = try Desk(options: options)
        var room = desk.room("lobby")
        let other = try Connection(desk.folder.database, .writing, vfs: disk.name)
        try other.run("BEGIN IMMEDIATE")
        let batch = desk.batch(in: &room, count: 5, opensRoom: true)
        desk.submit(batch)
        #expect(desk.states == [])
        // It counts as not stored: a chat is not at rest before the commit.
        #expect(desk.database.figures.waitingBatchCount == 1)
        try other.run("ROLLBACK")
        // The question stands behind the commit all the same.
        #expect(frames(desk.page(room, .after(offset: 0, epoch: nil))) == frames(batch))
        #expect(desk.database.figures.waitingBatchCount == 0)
        desk.database.close()
        #expect(desk.answers.count { if case .stored = $0 { true } else { false } } == 1)
    }
}

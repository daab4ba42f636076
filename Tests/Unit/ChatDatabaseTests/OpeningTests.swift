// The one server that may have a database, its files, and names whose keys other rules have made.
import Foundation
import Glibc
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct OpeningTests {
    @Test func `Only one server has it, and another one learns which`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        let error = DatabaseError(.inUse(process: Int(getpid())), folder.database)
        #expect(throws: error) { try Desk(folder) }
        #expect(error.description.contains("process \(getpid())"))
        desk.database.close()
        try Desk(folder).database.close()
    }

    @Test func `Its files are its owner's alone`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        var room = desk.room("one")
        desk.submit(desk.batch(in: &room, count: 1, opensRoom: true))
        for name in ["", "-wal", "-shm", ".lock"] {
            var status = stat()
            #expect(stat(folder.database + name, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
        desk.database.close()
    }

    @Test(arguments: ["/nowhere/at/all/roost.db", "/tmp", "/proc/roost.db"])
    func `A place where no file can be is said`(path: String) throws {
        #expect { try ChatDatabase.open(path: path) { _ in } } throws: { error in
            let text = (error as? DatabaseError)?.description ?? ""
            return text.contains(path) && text.hasSuffix("]") || text.hasSuffix(".")
        }
    }

    @Test func `Users come back with their sessions, and numbers are not given twice`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        #expect(desk.state.nextUserNumber == 1 && desk.state.users.isEmpty)
        func user(_ number: Int64, seenAt: Int64, _ password: String? = nil) -> StoredUser {
            StoredUser(
                number: number, key: "user\(number)", name: "User\(number)", password: password,
                seenAt: seenAt,
                sessions: (0..<number).map {
                    let bits = UInt128.max / UInt128(100 * number + $0 + 1)
                    return StoredUser.Session(
                        proof: SessionProof(bits: bits), seenAt: 99 - $0,
                        client: Array("client \($0)".utf8))
                })
        }
        let users = [user(1, seenAt: 30, "scrypt…"), user(2, seenAt: 10), user(3, seenAt: 20)]
        var batch = StoreBatch()
        for user in users { batch.items.append(.user(user, reply: .nobody)) }
        desk.submit(batch)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.users == [users[1], users[2], users[0]])

        var change = StoreBatch()
        var changed = users[0]
        (changed.name, changed.key, changed.password, changed.seenAt) = ("New", "new", nil, 40)
        changed.sessions.removeFirst()
        change.items = [.user(changed, reply: .nobody), .forgetUser(3)]
        desk.submit(change)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.users == [users[1], changed])
        #expect(desk.state.nextUserNumber == 4)
        desk.database.close()
    }

    @Test func `Under other rules for names, the older claim keeps the key`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        // Two rooms that other rules have told apart.
        for (number, name) in [(1, "Tea"), (2, "TEA"), (3, "Milk")] {
            var batch = StoreBatch()
            batch.items = [
                .room(
                    StoredRoom(
                        number: Int64(number), key: "old\(number)", name: name,
                        last: Place(offset: 0, epoch: 1), firstOffset: 1))
            ]
            desk.submit(batch)
        }
        desk.database.close()
        try Connection(folder.database, .writing).run("UPDATE meta SET name_rules = 1")
        desk = try Desk(folder)
        #expect(desk.stored("tea")?.0?.number == 1)
        #expect(desk.stored("milk")?.0?.number == 3)
        #expect(desk.stored("TEA")?.0?.name == "Tea")
        desk.database.close()
        let connection = try Connection(folder.database, .reading)
        #expect(try connection.text("SELECT key FROM rooms WHERE number = 2") == "tea\u{1}2")
    }
}

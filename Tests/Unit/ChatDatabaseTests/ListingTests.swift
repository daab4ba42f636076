// Lists of rooms from the file, and what users have not read.
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct ListingTests {
    private func batch(_ items: StoreBatch.Item...) -> StoreBatch {
        var batch = StoreBatch()
        batch.items = items
        return batch
    }

    private func closed(_ kind: RoomKind, _ number: Int64, _ key: String, _ people: Int64...)
        -> StoredRoom
    {
        StoredRoom(
            number: number, key: key, name: key, last: Place(offset: 0, epoch: 1), firstOffset: 1,
            kind: kind, people: people, creator: people[0])
    }

    @Test func `Open rooms are listed in order, and no others`() throws {
        let desk = try Desk()
        for name in ["m", "c", "x", "a"] { desk.submit(batch(.room(desk.room(name).stored))) }
        desk.submit(
            batch(.room(closed(.private, 50, "b", 1)), .room(closed(.direct, 51, "@1,2", 1, 2))))
        func names(_ after: String, _ limit: Int) -> [String] {
            desk.list(.open(after: after, countLimit: limit)).0.map(\.room.name)
        }
        #expect(names("", 10) == ["A", "C", "M", "X"].map { $0.lowercased() })
        #expect(names("", 2) == ["a", "c"])
        #expect(names(Chat.nameKey("c"), 2) == ["m", "x"])
        desk.database.close()
        #expect(try HistoryFile(desk.folder.database).flaws() == [])
    }

    @Test func `A user's rooms have what is unread in them`() throws {
        let desk = try Desk()
        var open = desk.room("open")
        desk.submit(desk.batch(in: &open, count: 9, opensRoom: true) { "\($0) @user1" })
        desk.submit(
            batch(
                .room(closed(.private, 50, "secret", 2, 1)),
                .room(closed(.direct, 51, "@1,2", 1, 2)), .room(closed(.direct, 52, "@1,3", 1, 3)),
                .read(room: open.number, user: 1, offset: 3),
                .read(room: open.number, user: 1, offset: 2)))
        func mine(_ user: Int64) -> [RoomListing] {
            desk.list(.ofUser(user, name: "user\(user)", countLimit: 10)).0
        }
        let list = mine(1)
        #expect(Set(list.map(\.room.name)) == ["open", "secret", "@1,2", "@1,3"])
        let read = list.first { $0.room.name == "open" }!
        // Of the authors 1, 2 and 3 in turn, those of 4 to 9 that are not the user's own.
        #expect(read.read == 3 && read.unread == 4 && read.mentions == 4)
        desk.submit(batch(.forgetUser(3), .people(room: 50, user: 1, mayEnter: false)))
        #expect(Set(mine(1).map(\.room.name)) == ["open", "@1,2"])
        #expect(Set(mine(2).map(\.room.name)) == ["secret", "@1,2"])
        desk.database.close()
        let again = try Desk(desk.folder)
        let (stored, _) = again.stored("secret")!
        #expect(stored?.kind == .private && stored?.people == [2] && stored?.creator == 2)
        again.database.close()
    }

    @Test func `What is listed is found by an index`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        let connection = try Connection(folder.database, .reading)
        for query in Listing.queries {
            let plan = try Statement("EXPLAIN QUERY PLAN " + query, on: connection)
            while try plan.step() {
                let step = plan.string(3)
                #expect(
                    !step.hasPrefix("SCAN ") || step.hasPrefix("SCAN (subquery"),
                    "\(query): \(step)")
            }
        }
    }
}

extension Desk {
    func list(_ request: ListingRequest) -> ([RoomListing], Int) {
        let ticket = nextTicket()
        database.ask(.listing(ticket: ticket, request))
        return waitFor { answer in
            if case .listing(ticket: ticket, let list, let rowCount) = answer {
                (list, rowCount)
            } else {
                nil
            }
        }
    }
}

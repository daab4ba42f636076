// What operators ask of the chat, and do in it: connections, rooms, refused logins, expulsion.
import Testing

@testable import ChatRooms

// `#expect` cannot expand noncopyable values.
extension World {
    fileprivate func filter(user: String? = nil, room: String? = nil) -> ConnectionFilter? {
        chat.connectionFilter(user: user, room: room)
    }

    fileprivate func connectionCount(of user: String) -> Int { chat.connectionCount(of: user) }

    fileprivate func roomNames(of key: ConnectionKey) -> [String] { chat.roomNames(of: key) }

    fileprivate func expel(_ key: ConnectionKey, _ filter: ConnectionFilter, _ text: String) -> Bool
    {
        defer { carryOut() }
        return chat.expel(key, filter, text: text, at: now, &effects)
    }

    /// Newest first.
    fileprivate var refusedLogins: [RefusedLogin] {
        var logins: [RefusedLogin] = []
        for place in 0..<chat.refusedLogins.ring.count {
            logins.append(chat.refusedLogins.ring[fromNewest: place])
        }
        return logins
    }

    fileprivate func slots(user: String? = nil, room: String? = nil) -> [UInt32]? {
        guard let filter = filter(user: user, room: room) else { return nil }
        var found: [UInt32] = []
        for slot in 0..<chat.connectionSlotCount
        where chat.connection(inSlot: slot, matching: filter) != nil {
            found.append(slot)
        }
        return found
    }
}

@Suite struct OperatorTests {

    @Test func `Connections are found by user, by room and by both`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let session = try #require(world.heard(ann).first?["session"] as? String)
        let bob = world.login(1, "bob")
        _ = world.open(3)
        let again = world.open(4)
        world.send(again, #"{"type":"login","user":"ANN","session":"\#(session)","join":false}"#)
        world.send(again, #"{"type":"join","room":"ops"}"#)
        #expect(world.slots() == [0, 1, 3, 4])
        #expect(world.slots(user: "Ann") == [0, 4], "in any spelling, on all connections")
        #expect(world.slots(room: "LOBBY") == [0, 1])
        #expect(world.slots(user: "ann", room: "ops") == [4])
        #expect(world.slots(user: "bob", room: "ops") == [])
        #expect(world.slots(user: "nobody") == nil)
        #expect(world.slots(room: "nowhere") == nil)
        #expect(world.filter(user: "ann")?.connectionLimit == 2)
        #expect(world.connectionCount(of: "ann") == 2)
        world.close(bob)
        #expect(world.slots(user: "bob") == nil, "the name is kept, but nobody has it")
        #expect(world.connectionCount(of: "bob") == 0)
        #expect(world.roomNames(of: ann) == ["lobby"])
    }

    @Test func `An expelled connection hears why, and nothing of the room any more`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        let filter = try #require(world.filter(room: "lobby"))
        let before = world.inbox[ann]!.count
        let heard = world.inbox[bob]!.count
        #expect(world.expel(ann, filter, "No \"flooding\".\\"))
        let pushes = world.inbox[ann]![before...].map(parse)
        #expect(pushes.count == 1)
        #expect(pushes[0]["type"] as? String == "kicked")
        #expect(pushes[0]["room"] as? String == "lobby")
        #expect(pushes[0]["text"] as? String == "No \"flooding\".\\")
        #expect(world.inbox[bob]![heard...].map(parse).last?["event"] as? String == "leave")
        world.send(bob, #"{"type":"message","text":"is ann gone?"}"#)
        #expect(world.inbox[ann]!.count == before + 1)
        #expect(world.expel(ann, filter, "again") == false)
        let refused = world.send(ann, #"{"type":"message","text":"let me in"}"#)
        #expect(refused.last?["code"] as? String == "not_in_room")
        let back = world.send(ann, #"{"type":"join","room":"lobby"}"#)
        #expect(back.first?["type"] as? String == "joined", "nobody is kept from coming back")
    }

    @Test func `The last one expelled empties the room`() throws {
        let world = World()
        let ann = world.login(0, "ann", join: false)
        world.send(ann, #"{"type":"join","room":"ops"}"#)
        let filter = try #require(world.filter(room: "ops"))
        #expect(world.expel(ann, filter, "closed"))
        #expect(world.roomCount == 0)
        #expect(world.expel(ann, filter, "closed") == false)
    }

    @Test func `The list of rooms comes in parts, each room once`() throws {
        let world = World()
        for number in 0..<25 { _ = world.publish("room-\(number)", #"{"text":"x"}"#) }
        world.pass(.seconds(3))
        _ = world.publish("room-7", #"{"text":"y"}"#)
        world.pass(.seconds(2))
        var names: [String] = []
        var start: UInt32? = 0
        var partCount = 0
        while let from = start {
            let (part, next) = world.chat.roomList(from: from, count: 10, at: world.now)
            #expect(part.count <= 10)
            for room in part {
                let isSeven = room.name == "room-7"
                #expect(room.idle == (isSeven ? 2000 : 5000), "\(room.name)")
                #expect(room.offset == (isSeven ? 2 : 1) && room.memberCount == 0)
            }
            names += part.map(\.name)
            start = next
            partCount += 1
        }
        #expect(partCount == 3)
        #expect(Set(names).count == 25 && names.count == 25)
        let beyond = world.chat.roomList(from: 1000, count: 10, at: world.now)
        #expect(beyond.rooms.isEmpty && beyond.next == nil)
    }

    @Test(arguments: [
        (#"{"type":"login","user":"ann"}"#, "ann", ErrorCode.nameTaken),
        (#"{"type":"login","user":"no/name"}"#, "no/name", .badName),
        (#"{"type":"login","user":"new","token":"x"}"#, "new", .badToken),
    ])
    func `A refused login is remembered with its name`(
        command: String, name: String, code: ErrorCode
    ) throws {
        let world = World()
        _ = world.login(0, "ann")
        world.send(world.open(1), command)
        let login = try #require(world.refusedLogins.last)
        #expect(login.name == name && login.code == code)
        #expect(login.resourceID == 101 && login.wall == world.now.wall)
        #expect(!login.sentence.isEmpty)
    }

    @Test func `Logins that succeed, and refusals of anything else, are not remembered`() {
        let world = World()
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"login","user":"ann"}"#)
        world.send(ann, #"{"type":"join","room":"no/room"}"#)
        world.send(world.open(1), #"{"type":"login"}"#)
        #expect(world.refusedLogins.count == 0)
    }

    @Test func `A name of any length takes bounded memory`() {
        let world = World()
        let key = world.open(0)
        let long = String(repeating: "é", count: 60_000)
        for _ in 0..<RefusedLogins.limit + 5 {
            world.send(key, #"{"type":"login","user":"\#(long)"}"#)
        }
        #expect(world.refusedLogins.count == RefusedLogins.limit)
        let name = world.refusedLogins[0].name
        #expect(name == "(60000 characters)")
    }

    @Test func `A restored room is silent since then`() throws {
        let world = World()
        _ = world.publish("ops", #"{"text":"x"}"#)
        world.pass(.seconds(9))
        let bytes = world.chat.save(at: world.now)
        let later = Timestamp(monotonic: 5, wall: world.now.wall + 1000)
        let chat = try Chat(restoring: bytes, at: later)
        let list = chat.roomList(from: 0, count: 10, at: later).rooms
        #expect(list.map(\.idle) == [0])
    }
}

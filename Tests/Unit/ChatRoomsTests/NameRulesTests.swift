// Names that were saved by a server with other rules: keys are made anew, and of two names that
// have become one, the older one keeps it.

import Foundation
import Storage
import Testing

@testable import ChatRooms

@Suite struct NameRulesTests {
    /// A chat as another server would have saved it: `names` are replaced, by ones of as many
    /// bytes, and the version of its rules is another one.
    private func saved(_ world: World, _ names: [String: String], rules: UInt32 = 7) -> [UInt8] {
        var bytes = world.chat.save(at: world.now)
        for (name, other) in names {
            #expect(name.utf8.count == other.utf8.count)
            var place = 0
            while let found = bytes[place...].firstRange(of: Array(name.utf8)) {
                bytes.replaceSubrange(found, with: Array(other.utf8))
                place = found.upperBound
            }
        }
        // After the magic number, two versions and the length of a record.
        for index in 0..<4 { bytes[16 + index] = UInt8(truncatingIfNeeded: rules >> (8 * index)) }
        return bytes
    }

    private func restore(_ world: World, _ bytes: [UInt8]) throws {
        world.chat = try Chat(restoring: bytes, limits: .withoutRateLimit, at: world.now)
    }

    @Test func `Of two users who are connected, the one who came first keeps the name`() throws {
        let world = World()
        let late = world.open(1)
        let early = world.open(0)
        // Connections are numbered by slot here: 100 is older than 101.
        world.send(late, #"{"type":"login","user":"qqqqqqqq"}"#)
        let welcome = world.send(early, #"{"type":"login","user":"STRASSEN"}"#)[0]
        try restore(world, saved(world, ["qqqqqqqq": "straßen"]))

        // Both can go on talking, each under its own name.
        for (key, name) in [(early, "STRASSEN"), (late, "straßen")] {
            let push = world.send(key, #"{"type":"message","text":"still here"}"#)[0]
            #expect(push["user"] as? String == name)
        }
        // The name is that of the one who came first.
        let session = welcome["session"] as! String
        let again = world.open(2)
        let tab = #"{"type":"login","user":"STRAẞEN","session":"\#(session)"}"#
        #expect(world.send(again, tab)[0].type == "welcome")
        world.close(early)
        world.close(again)
        #expect(world.send(world.open(3), tab)[0].type == "welcome")
        // Nobody gets into the place of the other one, who is forgotten in the end.
        world.close(late)
        world.pass(.seconds(24 * 3600))
        world.tick()
        #expect(world.rememberedUserCount == 1)
    }

    @Test func `A user who is connected comes before one who is gone, and then who left last`()
        throws
    {
        let world = World()
        func session(_ slot: UInt32, _ name: String) -> String {
            let key = world.open(slot)
            let reply = world.send(key, #"{"type":"login","user":"\#(name)"}"#)[0]
            if slot != 9 { world.close(key) }
            return reply["session"] as! String
        }
        func isLetIn(_ name: String, _ session: String) -> Bool {
            let text = #"{"type":"login","user":"\#(name)","session":"\#(session)"}"#
            return world.send(world.open(20), text)[0].type == "welcome"
        }
        let (first, last) = (session(0, "STRASSEN"), session(1, "qqqqqqqq"))
        let (gone, there) = (session(2, "GROSSERE"), session(9, "rrrrrrrr"))
        try restore(world, saved(world, ["qqqqqqqq": "straßen", "rrrrrrrr": "großere"]))
        #expect(!isLetIn("STRASSEN", first))
        world.close(world.connections[20]!)
        #expect(isLetIn("straßen", last))
        world.close(world.connections[20]!)
        #expect(!isLetIn("GROSSERE", gone))
        world.close(world.connections[20]!)
        #expect(isLetIn("großere", there))
    }

    @Test func `Of two rooms, the older one keeps the name`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        world.send(ann, #"{"type":"join","room":"STRASSEN"}"#)
        world.send(bob, #"{"type":"join","room":"qqqqqqqq"}"#)
        world.send(bob, #"{"type":"message","room":"qqqqqqqq","text":"one"}"#)
        let names = ["qqqqqqqq": "straßen"]
        try restore(world, saved(world, names))

        // The members of the newer room stay in it, and find it under its spelling.
        let said = world.send(bob, #"{"type":"message","room":"straßen","text":"two"}"#)
        #expect(said.map(\.type) == ["message", "ok"] && said[1].offset == 2)
        // All others come into the older one.
        let cid = world.login(2, "cid")
        let joined = world.send(cid, #"{"type":"join","room":"straßen"}"#)[0]
        #expect(joined["room"] as? String == "STRASSEN" && joined["count"] as? Int == 2)
        // It is the same after the next restart, and the newer room is forgotten like any.
        try restore(world, world.chat.save(at: world.now))
        #expect(world.send(cid, #"{"type":"who","room":"Straßen"}"#)[0]["count"] as? Int == 2)
        world.close(bob)
        let count = world.roomCount
        world.pass(.seconds(600))
        world.tick()
        #expect(world.roomCount == count - 1)
        #expect(world.send(cid, #"{"type":"leave","room":"strassen"}"#)[0].type == "ok")
    }

    @Test func `Names that are no longer allowed stay, and nobody else gets them`() throws {
        let world = World()
        let ann = world.login(0, "aaaaaa")
        try restore(world, saved(world, ["aaaaaa": "аnnа"]))
        let push = world.send(ann, #"{"type":"message","text":"hi"}"#)[0]
        #expect(push["user"] as? String == "аnnа")
        #expect(world.send(world.open(1), #"{"type":"login","user":"аnnа"}"#)[0].code == "bad_name")
    }

    @Test func `Under the same rules, two with one name are a fault`() {
        let world = World()
        _ = world.login(0, "STRASSEN")
        _ = world.login(1, "qqqqqqqq")
        let bytes = saved(world, ["qqqqqqqq": "straßen"], rules: NameKey.rules)
        #expect(throws: RestoreError.damaged) { try restore(world, bytes) }
        let unwritable = saved(world, ["qqqqqqqq": "qq\"qqqqq"])
        #expect(throws: RestoreError.damaged) { try restore(world, unwritable) }
    }
}

/// A file of this repository.
func repository(_ path: String, from file: String = #filePath) -> URL {
    var folder = URL(filePath: file)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder.appending(path: path)
}

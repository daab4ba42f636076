// Edits, deletions, reactions, answers and topics: what each page shows of them, and who may make
// them.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct ChangeTests {
    private func say(_ world: World, _ key: ConnectionKey, _ text: String) -> Int {
        world.send(key, #"{"type":"message","text":"\#(text)"}"#).last!.offset!
    }

    /// Sends a command, and gives the `code` of its refusal, or nil.
    private func code(_ world: World, _ key: ConnectionKey, _ json: String) -> String? {
        world.send(key, json).last?.code
    }

    private func page(_ world: World, _ key: ConnectionKey, before: Int) -> [JSON] {
        let reply = world.send(
            key, #"{"type":"history","room":"lobby","before":\#(before),"limit":200}"#)
        return reply.last?["messages"] as? [JSON] ?? []
    }

    private func isSame(_ sent: JSON, _ expected: JSON) -> Bool {
        var sent = sent
        for key in ["room", "epoch", "at", "id"] { sent[key] = nil }
        if sent["emoji"] is NSNull { sent["emoji"] = nil }
        return (sent as NSDictionary) == (expected as NSDictionary)
    }

    @Test(arguments: Keeping.allCases, 0..<8 as Range<UInt64>)
    func `Every page shows what has become of the messages`(kept: Keeping, seed: UInt64) {
        let world = kept.world
        var random = SeededGenerator(seed)
        let names = ["ann", "bob", "cem"]
        let keys = names.indices.map { world.login(UInt32($0), names[$0]) }
        var model = ChangeModel()
        for number in 0..<60 {
            let who = Int.random(in: 0..<3, using: &random)
            let (name, key) = (names[who], keys[who])
            let messages = model.entries.indices.filter { model.entries[$0].kind == "message" }
            let target = messages.randomElement(using: &random).map { $0 + 1 } ?? 0
            let isMine = target > 0 && model.entries[target - 1].user == name
            let isGone = target > 0 && model.isDeleted(target)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where target > 0:
                let refusal = code(
                    world, key, #"{"type":"edit","offset":\#(target),"text":"new \#(number)"}"#)
                #expect(refusal == (isGone ? "not_found" : isMine ? nil : "forbidden"))
                if refusal == nil { model.add("edited", name, "new \(number)", target) }
            case 1 where target > 0:
                let refusal = code(world, key, #"{"type":"delete","offset":\#(target)}"#)
                #expect(refusal == (isGone ? "not_found" : isMine ? nil : "forbidden"))
                if refusal == nil { model.add("deleted", name, nil, target) }
            case 2...4 where target > 0:
                let emoji = [nil, "👍", "🎉", "👩🏽‍🚀"].randomElement(using: &random)!
                let json = emoji.map { "\"\($0)\"" } ?? "null"
                let refusal = code(
                    world, key, #"{"type":"react","offset":\#(target),"emoji":\#(json)}"#)
                #expect(refusal == (isGone ? "not_found" : nil))
                guard refusal == nil, model.reaction(of: name, to: target) != emoji else { break }
                model.add("reaction", name, emoji, target)
            case 5 where target > 0:
                let json = #"{"type":"message","text":"to it","reply":\#(target)}"#
                #expect(code(world, key, json) == nil)
                model.add("message", name, "to it", target)
            default:
                #expect(say(world, key, "message \(number)") == model.entries.count + 1)
                model.add("message", name, "message \(number)")
            }
            let count = model.entries.count
            let before = Int.random(in: 1...count + 1, using: &random)
            let shown = page(world, keys[0], before: before)
            #expect(shown.compactMap(\.offset) == Array(1..<before))
            for entry in shown {
                #expect(isSame(entry, model.shown(entry.offset!)), "\(entry)")
            }
        }
        // Over HTTP, which would have to wait for the store.
        guard kept != .mostlyInStore else { return }
        let outside = world.page("lobby", PageQuery(after: 0, limit: 200)).0
        for entry in outside["messages"] as? [JSON] ?? [] {
            #expect(isSame(entry, model.shown(entry.offset!)), "\(entry)")
        }
        #expect(outside.offsets == Array(1...model.entries.count))
    }

    @Test(arguments: Keeping.allCases)
    func `A change is pushed to everybody as one entry`(kept: Keeping) {
        let world = kept.world
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "bob"))
        let offset = say(world, ann, "helo")
        world.send(ann, #"{"type":"edit","offset":\#(offset),"text":"hello","ref":"e"}"#)
        world.send(bob, #"{"type":"react","offset":\#(offset),"emoji":"👍"}"#)
        world.send(bob, #"{"type":"react","offset":\#(offset),"emoji":null}"#)
        world.send(ann, #"{"type":"delete","offset":\#(offset)}"#)
        let pushes = world.heard(bob).filter { $0["target"] as? Int == offset }
        #expect(pushes.map(\.type) == ["edited", "reaction", "reaction", "deleted"])
        #expect(pushes.map(\.offset) == [2, 3, 4, 5])
        #expect(pushes[0]["text"] as? String == "hello" && pushes[1]["emoji"] as? String == "👍")
        #expect(pushes[2]["emoji"] is NSNull && pushes[3]["user"] as? String == "ann")
        let reply = world.heard(ann).first { $0["ref"] as? String == "e" }
        #expect(reply?.type == "ok" && reply?.offset == 2)
    }

    @Test(arguments: Keeping.allCases)
    func `Deleted texts are nowhere`(kept: Keeping) {
        let world = kept.world
        let ann = world.login(0, "ann")
        let offset = say(world, ann, "secret one")
        world.send(ann, #"{"type":"edit","offset":\#(offset),"text":"secret two"}"#)
        world.send(ann, #"{"type":"delete","offset":\#(offset)}"#)
        for number in 0..<10 { _ = say(world, ann, "other \(number)") }
        let before = world.inbox[ann]!.count
        world.send(ann, #"{"type":"history","room":"lobby","before":20}"#)
        world.send(ann, #"{"type":"join","room":"lobby","limit":200}"#)
        #expect(world.inbox[ann]!.count == before + 2)
        #expect(!world.inbox[ann]![before...].joined().contains("secret"))
    }

    @Test(arguments: [
        (#"{"type":"edit","text":"x"}"#, "bad_request"),
        (#"{"type":"edit","offset":1,"text":""}"#, "bad_request"),
        (#"{"type":"edit","offset":0,"text":"x"}"#, "not_found"),
        (#"{"type":"edit","offset":9,"text":"x"}"#, "not_found"),
        (#"{"type":"edit","offset":2,"text":"x"}"#, "not_found"),
        (#"{"type":"edit","offset":1,"text":"x","room":"elsewhere"}"#, "not_in_room"),
        (#"{"type":"delete","offset":-1}"#, "bad_request"),
        (#"{"type":"delete","offset":9007199254740993}"#, "not_found"),
        (#"{"type":"react","offset":1}"#, "bad_request"),
        (#"{"type":"react","offset":1,"emoji":"7"}"#, "bad_request"),
        (#"{"type":"react","offset":1,"emoji":"ab"}"#, "bad_request"),
        (#"{"type":"react","offset":1,"emoji":""}"#, "bad_request"),
        (#"{"type":"react","offset":1,"emoji":"👍👍"}"#, "bad_request"),
        (#"{"type":"message","text":"x","reply":99}"#, "bad_request"),
        (#"{"type":"topic","text":"x"}"#, "forbidden"),
    ])
    func `What cannot be changed is refused`(json: String, expected: String) {
        for kept in Keeping.allCases {
            let world = kept.world
            let ann = world.login(0, "ann")
            _ = say(world, ann, "one")
            world.send(ann, #"{"type":"react","offset":1,"emoji":"👍"}"#)
            #expect(code(world, ann, json) == expected, "\(kept)")
        }
    }

    @Test func `A message may be edited for a day, and deleted for ever`() {
        let world = World()
        let ann = world.login(0, "ann")
        _ = say(world, ann, "one")
        world.pass(.seconds(24 * 3600 + 1))
        #expect(code(world, ann, #"{"type":"edit","offset":1,"text":"x"}"#) == "forbidden")
        #expect(code(world, ann, #"{"type":"delete","offset":1}"#) == nil)
    }

    @Test(arguments: Keeping.allCases)
    func `The changes of one message are bounded`(kept: Keeping) {
        let world = kept.world
        let ann = world.login(0, "ann")
        _ = say(world, ann, "one")
        for number in 0..<Chat.changeLimit {
            #expect(code(world, ann, #"{"type":"edit","offset":1,"text":"\#(number)"}"#) == nil)
        }
        #expect(code(world, ann, #"{"type":"edit","offset":1,"text":"x"}"#) == "forbidden")
        #expect(code(world, ann, #"{"type":"react","offset":1,"emoji":"👍"}"#) == "forbidden")
        #expect(code(world, ann, #"{"type":"delete","offset":1}"#) == nil)
    }

    @Test(arguments: Keeping.allCases)
    func `A topic is shown to who enters, and ends with an empty one`(kept: Keeping) {
        let world = kept.world
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"account","password":"correct horse"}"#)
        world.send(ann, #"{"type":"topic","text":"Trains \"here\""}"#)
        for number in 0..<9 { _ = say(world, ann, "\(number)") }
        let joined = world.send(ann, #"{"type":"join","room":"lobby"}"#).last!
        #expect(joined["topic"] as? String == "Trains \"here\"")
        #expect(code(world, ann, #"{"type":"topic","text":"two\nlines"}"#) == "bad_request")
        let long = String(repeating: "a", count: 201)
        #expect(code(world, ann, #"{"type":"topic","text":"\#(long)"}"#) == "too_long")
        world.send(ann, #"{"type":"topic","text":""}"#)
        let again = world.send(ann, #"{"type":"join","room":"lobby"}"#).last!
        #expect(again["topic"] == nil && again.type == "joined")
    }

    @Test func `Changes survive a hand-over`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"account","password":"correct horse"}"#)
        _ = say(world, ann, "helo")
        world.send(ann, #"{"type":"edit","offset":1,"text":"hello"}"#)
        world.send(ann, #"{"type":"react","offset":1,"emoji":"👍"}"#)
        world.send(ann, #"{"type":"topic","text":"Trains"}"#)
        let before = page(world, ann, before: 9)
        world.chat = try Chat(
            restoring: world.chat.save(at: world.now), limits: .withoutRateLimit, at: world.now)
        #expect(page(world, ann, before: 9) as NSArray == before as NSArray)
        #expect(before[0]["text"] as? String == "hello" && before[0]["reactions"] != nil)
        let joined = world.send(ann, #"{"type":"join","room":"lobby"}"#).last!
        #expect(joined["topic"] as? String == "Trains")
    }
}

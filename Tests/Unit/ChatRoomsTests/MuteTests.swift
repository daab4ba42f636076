// Mutes, what moderators delete, and what operators order.
import Testing

@testable import ChatRooms

@Suite struct MuteTests {
    @Test func `The muted read, and neither speak nor seem to`() {
        let world = World()
        world.enterModerator()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        _ = world.join(bob, "kitchen")
        #expect(
            world.order(.mute, "lobby", "bob", #","seconds":60,"reason":"slow down""#).type == "ok")
        #expect(world.heard(bob).last?["until"] != nil, "the push tells him")
        let refused = world.say(bob)
        #expect(
            refused.code == "forbidden" && refused.text.hasPrefix("You may only read here until"))
        #expect(refused.text.hasSuffix(" UTC: slow down"))
        let before = world.inbox[ann]!.count
        #expect(world.send(bob, #"{"type":"typing","room":"lobby"}"#).isEmpty)
        #expect(world.inbox[ann]!.count == before)
        #expect(world.say(ann).type == "ok" && world.heard(bob).last?.type == "message")
        #expect(world.say(bob, in: "kitchen").type == "ok")
        world.pass(.seconds(60))
        #expect(world.say(bob).type == "ok")
    }

    @Test func `People who come into a room hear of their mute`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        #expect(world.join(bob, "lobby")["muted"] == nil)
        world.order(.mute, "lobby", "bob", #","seconds":60,"reason":"a \"b\"""#)
        let muted = world.join(bob, "lobby")["muted"] as? JSON
        #expect(muted?["everywhere"] as? Bool == false)
        #expect(muted?["reason"] as? String == #"a "b""#)
        #expect(
            muted?["until"] as? String
                == Timestamp(monotonic: 0, wall: world.now.wall + 60_000).wallText)
        #expect(world.join(bob, "kitchen")["muted"] == nil)
        world.pass(.seconds(60))
        #expect(world.join(bob, "lobby")["muted"] == nil)
        world.order(.mute, "*", "bob")
        let everywhere = world.join(bob, "kitchen")["muted"] as? JSON
        #expect(everywhere?["everywhere"] as? Bool == true && everywhere?.count == 1)
    }

    @Test func `A mute everywhere shows in every room, and is lifted the same way`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        _ = world.join(bob, "kitchen")
        let before = world.inbox[bob]!.count
        world.order(.mute, "*", "bob")
        let seen = world.heard(bob)[before...]
        #expect(Set(seen.compactMap { $0["room"] as? String }) == ["lobby", "kitchen"])
        #expect(seen.allSatisfy { $0["everywhere"] as? Bool == true })
        for room in ["lobby", "kitchen"] { #expect(world.say(bob, in: room).code == "forbidden") }
        for command in [
            #"{"type":"create","room":"den"}"#, #"{"type":"direct","to":"mod","text":"x"}"#,
        ] { #expect(world.send(bob, command).last?.code == "forbidden", "\(command)") }
        #expect(
            world.order(.unmute, "lobby", "bob").code == "not_found", "there is none of the room")
        #expect(world.order(.unmute, "*", "bob").type == "ok")
        #expect(world.say(bob).type == "ok")
    }

    @Test(arguments: [
        #""type":"edit","offset":1,"text":"x""#, #""type":"delete","offset":1"#,
        #""type":"react","offset":1,"emoji":"👍""#, #""type":"topic","text":"x""#,
    ])
    func `The muted change nothing`(_ command: String) {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        world.makeAccount(bob, "correct horse")
        _ = world.say(bob)
        world.order(.mute, "lobby", "bob")
        #expect(world.send(bob, "{\(command)}").last?.code == "forbidden")
        world.order(.unmute, "lobby", "bob")
        #expect(world.send(bob, "{\(command)}").last?.type == "ok")
    }

    @Test func `A moderator deletes what others have said`() {
        let world = World()
        let mod = world.enterModerator()
        let bob = world.login(0, "bob")
        let ann = world.login(1, "ann")
        _ = world.say(bob)
        let delete = #"{"type":"delete","offset":1}"#
        #expect(world.send(ann, delete).last?.code == "forbidden")
        #expect(world.send(mod, delete).last?.type == "ok")
        #expect(world.heard(bob).last?.type == "deleted")
        #expect(world.heard(bob).last?["user"] as? String == "mod")
    }

    @Test func `The muted write to nobody, if they are muted everywhere`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        _ = world.login(1, "ann")
        let direct = #"{"type":"direct","to":"ann","text":"x"}"#
        world.order(.mute, "lobby", "bob")
        #expect(world.send(bob, direct).last?.type == "ok")
        world.order(.mute, "*", "bob")
        #expect(world.send(bob, direct).last?.code == "forbidden")
    }

    // MARK: Operators

    @Test func `An operator's order needs no moderator, and holds for moderators too`() throws {
        let world = World()
        let mod = world.enterModerator()
        let order = ModerationOrder(.ban, room: nil, user: "mod", seconds: 60, reason: "")
        let record = try world.carryOut(order)
        #expect(record.connectionCount == 1 && record.by == nil)
        #expect(world.closes[mod]?.code == 4004 && world.moderations.isEmpty)
        #expect(world.login(1, "mod", password: "correct horse")[0].code == "forbidden")
        for (user, room) in [("nobody", nil), ("mod", "no/room")] {
            let refused = ModerationOrder(.ban, room: room, user: user)
            #expect(throws: OperatorRefusal.self) { _ = try world.carryOut(refused) }
        }
    }

    @Test(arguments: [
        (#""room":"lobby","user":"bob","seconds":0"#, "bad_request"),
        (#""room":"lobby","user":"bob","seconds":315360001"#, "bad_request"),
        (#""room":"lobby","user":"bob","seconds":"60""#, "bad_request"),
        (#""room":"lobby","user":"bob","reason":"a\nb""#, "bad_request"),
        (#""room":"lobby","user":"bob","reason":7"#, "bad_request"),
        (#""room":"no/room","user":"bob""#, "bad_name"), (#""room":"*""#, "bad_request"),
        (#""room":"lobby","user":"\u0000""#, "not_found"),
    ])
    func `An order that cannot be meant changes nothing`(_ fields: String, _ code: String) {
        let world = World()
        world.enterModerator()
        _ = world.login(0, "bob")
        for action in ["ban", "mute"] {
            let reply = world.send(world.connections[50]!, #"{"type":"\#(action)",\#(fields)}"#)
            #expect(reply.last?.code == code, "\(reply)")
        }
        #expect(world.chat.banCount == 0 && world.chat.muteCount == 0)
        let long = String(repeating: "é", count: 62)
        #expect(world.order(.ban, "lobby", "bob", #","reason":"\#(long)""#).code == "bad_request")
        #expect(world.order(.ban, "lobby", "bob", #","reason":"\#(long.dropLast())""#).type == "ok")
    }

    @Test func `What was done is counted`() {
        let world = World()
        world.enterModerator()
        _ = world.login(0, "bob")
        for action in [ModerationAction.mute, .mute, .unmute, .ban, .unban] {
            #expect(world.order(action, "kitchen", "bob").type == "ok")
        }
        // In the order of the actions: kick, ban, unban, mute, unmute.
        #expect(world.chat.counters.moderationCounts == [0, 1, 1, 2, 1])
        #expect(world.chat.muteCount == 0, "the second mute has replaced the first")
    }
}

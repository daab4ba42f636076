// Moderators: whom they send out, keep out and silence, and who may do that.
import Testing

@testable import ChatRooms

@Suite struct ModerationTests {
    @Test(arguments: ModerationAction.allCases)
    func `Only moderators moderate`(_ action: ModerationAction) {
        let world = World()
        world.enterModerator()
        _ = world.login(0, "ann")
        _ = world.login(1, "bob")
        let refused = world.order(action, "lobby", "bob", by: 0)
        #expect(refused.code == "forbidden" && refused.text == "Only moderators may do this.")
        #expect(world.moderations.isEmpty)
        #expect(world.order(action, "lobby", "nobody").code == "not_found")
        // One cannot send out another, nor himself.
        world.enterModerator("other", 51)
        for name in ["other", "MOD"] {
            #expect(world.order(action, "*", name).code == "forbidden", "\(name)")
        }
        let isUndoing = action == .unban || action == .unmute
        #expect(world.order(action, "lobby", "bob").code == (isUndoing ? "not_found" : nil))
    }

    @Test func `A name without an account moderates nothing`() {
        let world = World()
        _ = world.login(0, "ann")
        let missing = world.chat.appointModerators(["ann", "nobody"])
        #expect(missing == ["ann", "nobody"] && !world.setModerator("ann"))
        world.makeAccount(world.connections[0]!, "correct horse")
        _ = world.login(1, "bob")
        #expect(world.order(.kick, "lobby", "bob", by: 0).code == "forbidden")
        let none = world.chat.appointModerators(["ANN"])
        #expect(none.isEmpty && world.order(.kick, "lobby", "bob", by: 0).type == "ok")
        let replaced = world.chat.appointModerators([])
        #expect(replaced.isEmpty)
        #expect(world.order(.ban, "lobby", "bob", by: 0).code == "forbidden")
    }

    @Test func `The welcome says who moderates`() {
        let world = World()
        world.enterModerator()
        let ann = world.knock(0, "ann")
        #expect(ann["moderator"] as? Bool == false)
        #expect((ann["capabilities"] as? [String])?.contains("moderate") == true)
        let mod = world.login(1, "mod", password: "correct horse")[0]
        #expect(mod["moderator"] as? Bool == true)
    }

    // MARK: Kicks

    @Test func `A kick out of a room does not keep anybody from coming back`() {
        let world = World()
        world.enterModerator()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        let before = world.inbox[ann]!.count
        #expect(world.order(.kick, "Lobby", "Bob", #","reason":"Too \"loud\"""#).type == "ok")
        let seen = world.heard(ann)[before...].map { $0 }
        #expect(seen.map(\.type) == ["moderated", "presence"])
        #expect(seen[0]["action"] as? String == "kick" && seen[0]["user"] as? String == "bob")
        #expect(seen[0]["by"] as? String == "mod" && seen[0]["room"] as? String == "lobby")
        #expect(seen[0]["reason"] as? String == #"Too "loud""#)
        #expect(seen[0]["everywhere"] as? Bool == false && seen[0]["until"] == nil)
        #expect(world.heard(bob).suffix(2).map(\.type) == ["moderated", "kicked"])
        #expect(world.heard(bob).last?.text == #"Too "loud""#)
        #expect(world.say(bob).code == "not_in_room")
        #expect(world.order(.kick, "lobby", "bob").code == "not_found")
        #expect(world.join(bob, "lobby").type == "joined")
        #expect(world.moderations.map(\.connectionCount) == [1])
    }

    @Test func `A kick out of everything closes all connections`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        let session = world.heard(bob)[0]["session"] as! String
        _ = world.login(1, "bob", session: session)
        #expect(world.order(.kick, "*", "bob").type == "ok")
        for slot in 0...1 as ClosedRange<UInt32> {
            let key = world.connections[slot]!
            #expect(world.closes[key]?.code == 4003)
            #expect(world.sentences[key] == "A moderator has sent you out.")
            #expect(world.send(key, #"{"type":"who","room":"lobby"}"#).isEmpty)
            world.close(key)
        }
        #expect(world.order(.kick, "*", "bob").code == "not_found", "not connected")
        #expect(world.login(2, "bob", session: session).type == "welcome")
    }

    /// As long as it may be behind "You were sent out: ".
    private static let long = String(repeating: "é", count: 52)

    @Test(arguments: [
        ("", "Somebody did."), ("bye", "You were sent out: bye"),
        (long, "You were sent out: " + long), (long + "é", long + "é"),
    ])
    func `A reason says that one was sent out, if it fits`(_ reason: String, _ said: String) {
        let sentence = ModerationOrder.farewell(reason, standard: "Somebody did.")
        #expect(sentence == said && sentence.utf8.count <= ModerationOrder.reasonByteLimit)
    }

    @Test(arguments: ["0", "315360001", "1.5", "-1", "\"60\"", "1e2", "true"])
    func `Whatever is wrong with a time, the refusal says what is right`(_ seconds: String) {
        let world = World()
        world.enterModerator()
        let reply = world.order(.mute, "lobby", "mod", ",\"seconds\":\(seconds)")
        #expect(reply.code == "bad_request")
        #expect(reply.text.contains("must be a whole number, 1 to 315360000."))
    }

    // MARK: Bans

    @Test func `A ban from a room holds until its time, and says until when and why`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        #expect(world.order(.ban, "lobby", "bob", #","seconds":600,"reason":"spam""#).type == "ok")
        let until = Timestamp(monotonic: 0, wall: world.now.wall + 600_000).wallText
        let sentence =
            "You are banned from this room until \(until.prefix(10)) "
            + "\(until.dropFirst(11).prefix(8)) UTC: spam"
        #expect(world.heard(bob).last?.type == "kicked" && world.heard(bob).last?.text == sentence)
        let refused = world.join(bob, "LOBBY")
        #expect(refused.code == "forbidden" && refused.text == sentence)
        #expect(world.join(bob, "kitchen").type == "joined")
        world.pass(.seconds(599))
        #expect(world.join(bob, "lobby").code == "forbidden")
        world.pass(.seconds(1))
        #expect(world.join(bob, "lobby").type == "joined")
        #expect(world.chat.banCount == 1)
        world.tick()
        #expect(world.chat.banCount == 0)
    }

    @Test func `The lobby's ban leaves the rest of the server`() {
        let world = World()
        world.enterModerator()
        world.close(world.login(0, "bob"))
        #expect(world.order(.ban, "lobby", "bob").type == "ok", "also of somebody who is gone")
        world.pass(.seconds(61))
        let key = world.open(1)
        let replies = world.send(key, #"{"type":"login","user":"bob"}"#)
        #expect(replies.map(\.type) == ["welcome", "error"] && replies[1].code == "forbidden")
        #expect(replies[1].text == "You are banned from this room for good.")
    }

    /// A name, an address, and whether they get in while the guest `bob` from address 7 is banned.
    @Test(arguments: [
        ("bob", 7, false), ("bob", 8, false), ("BOB", 0, false), ("carl", 7, false),
        ("carl", 8, true), ("carl", 0, true),
    ])
    func `A guest's ban holds for name and address`(_ name: String, _ from: UInt128, _ enters: Bool)
    {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob", from: 7)
        #expect(world.order(.ban, "*", "bob", #","seconds":3600"#).type == "ok")
        #expect(world.closes[bob]?.code == 4004)
        #expect(world.sentences[bob]?.hasPrefix("You are banned until ") == true)
        world.close(bob)
        world.pass(.seconds(61))
        #expect(world.knock(1, name, from: from).code == (enters ? nil : "forbidden"))
        world.pass(.seconds(3600))
        #expect(world.knock(2, name + "2", from: from).type == "welcome")
    }

    @Test func `A guest who comes back by the session is still banned`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        let session = world.heard(bob)[0]["session"] as! String
        world.order(.ban, "*", "bob", #","reason":"no""#)
        #expect(world.sentences[bob] == "You are banned for good: no")
        world.close(bob)
        #expect(world.login(1, "bob", session: session).code == "forbidden")
        #expect(world.order(.unban, "*", "BOB").type == "ok")
        #expect(world.login(2, "bob", session: session).type == "welcome")
        #expect(world.order(.unban, "*", "bob").code == "not_found")
    }

    @Test func `An account's ban holds for the account alone, from everywhere`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob", from: 7)
        world.makeAccount(bob, "correct horse")
        world.order(.ban, "*", "bob")
        world.close(bob)
        let refused = world.login(1, "bob", password: "correct horse", from: 9)[0]
        #expect(refused.code == "forbidden" && refused.text == "You are banned for good.")
        // Nobody learns of it who does not prove the name.
        #expect(world.login(2, "bob", password: "wrong horse")[0].code == "bad_password")
        #expect(world.knock(3, "bob", from: 7).code == "name_taken")
        #expect(world.knock(4, "carl", from: 7).type == "welcome")
    }

    /// A house behind one address: the guest's ban does not take anybody's account away.
    @Test func `An account comes in from a banned address`() {
        let world = World()
        world.enterModerator()
        let ann = world.login(0, "ann", from: 7)
        world.makeAccount(ann, "correct horse")
        world.close(ann)
        _ = world.login(1, "bob", from: 7)
        world.order(.ban, "*", "bob")
        #expect(world.login(2, "ann", password: "correct horse", from: 7)[0].type == "welcome")
    }

    @Test func `A guest does not escape by an account`() {
        let world = World()
        world.enterModerator()
        let bob = world.login(0, "bob")
        world.order(.ban, "lobby", "bob")
        world.makeAccount(bob, "correct horse")
        #expect(world.join(bob, "lobby").code == "forbidden")
    }
}

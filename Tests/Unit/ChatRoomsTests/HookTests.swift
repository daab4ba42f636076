// Hooks: programs that post in one room, by a token.
import Testing

@testable import ChatRooms

@Suite struct HookTests {
    private let hello = #"{"text":"hello"}"#

    @Test func `A hook posts in its room by its name, whatever the message says`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let (hook, token) = try world.addHook("lobby", "deploy")
        #expect(hook.number == 1 && token.utf8.count == 22)
        let body =
            #"{"text":"h\u00e9","user":"ann","room":"elsewhere","username":7,"channel":"general","#
            + #""attachments":[{"text":"no"}],"icon_url":null}"#
        let (reply, isNew) = try #require(world.post(token, body))
        #expect(reply.type == "ok" && isNew && reply["room"] as? String == "lobby")
        #expect(reply.offset == 1 && reply["count"] as? Int == 1)
        let push = world.heard(ann).last!
        #expect(push["user"] as? String == "deploy" && push["text"] as? String == "hé")
        #expect(world.page("elsewhere").0.code == "not_found")
    }

    @Test func `A room that is not there is opened; a private one works, and is listed to nobody`()
        throws
    {
        let world = World()
        let (_, token) = try world.addHook("Ops")
        #expect(world.roomCount == 0)
        #expect(world.post(token, hello)?.0["room"] as? String == "Ops")
        #expect(world.page("ops").0.offsets == [1])
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        let secret = try world.addHook("backstage", "cron").token
        #expect(world.post(secret, hello)?.0.type == "ok")
        #expect(world.heard(ann).last?["user"] as? String == "cron")
        #expect(world.page("backstage").0.code == "not_found")
    }

    @Test(arguments: [
        ("{", "bad_json"), ("", "bad_json"), ("[]", "bad_request"), ("{}", "bad_request"),
        (#"{"text":""}"#, "bad_request"), (#"{"text":" \n"}"#, "bad_request"),
        (#"{"text":7}"#, "bad_request"), (#"{"text":null}"#, "bad_request"),
        (#"{"text":{"a":1}}"#, "bad_request"), (#"{"text":"a","text":"b"}"#, "bad_request"),
        (#"{"text":"a","id":""}"#, "bad_request"), (#"{"text":"a\u0001"}"#, "bad_request"),
        (#"{"attachments":[{"text":"a"}]}"#, "bad_request"),
    ])
    func `What is no message is refused, and leaves no room behind`(_ body: String, _ code: String)
        throws
    {
        let world = World()
        let token = try world.addHook("ops").token
        let (reply, isNew) = try #require(world.post(token, body))
        #expect(reply.type == "error" && reply.code == code && !isNew)
        #expect(world.roomCount == 0 && world.effectCount == 0)
    }

    @Test func `The limit of a text, and an id that makes a retry safe, are those of all`() throws {
        let world = World()
        let token = try world.addHook("ops").token
        let other = try world.addHook("ops", "other").token
        let text = String(repeating: "é", count: 4001)
        #expect(world.post(token, #"{"text":"\#(text)"}"#)?.0.code == "too_long")
        #expect(world.post(token, #"{"text":"\#(text.dropLast())"}"#)?.0.offset == 1)
        let body = #"{"text":"x","id":"1"}"#
        #expect(world.post(token, body)?.0.offset == 2)
        let again = try #require(world.post(token, body))
        #expect(again.0.offset == 2 && !again.1)
        #expect(world.post(other, body)?.0.offset == 3)
        #expect(world.publish("ops", body).0.offset == 4)
    }

    @Test func `Only the whole token opens a hook, and none once it is deleted`() throws {
        let world = World()
        let (hook, token) = try world.addHook("ops")
        let near = [
            "", String(token.dropLast()), token + "A", " " + token, token + "\n",
            String(token.dropLast()) + "é", token.uppercased() + "!", "\(hook.number)",
            String(hook.proof.bits, radix: 16), String(repeating: "A", count: 100_000),
        ]
        for wrong in near { #expect(world.post(wrong, hello) == nil) }
        // No other token of this length is near enough.
        for place in token.indices {
            var changed = token
            changed.replaceSubrange(place...place, with: token[place] == "B" ? "C" : "B")
            #expect(world.post(changed, hello) == nil)
        }
        #expect(world.post(token, hello)?.0.type == "ok")
        #expect(world.deleteHook(hook.number) == hook)
        #expect(world.post(token, hello) == nil && world.deleteHook(hook.number) == nil)
        #expect(world.hooks == [])
        // What it has posted stays.
        #expect(world.page("ops").0.offsets == [1])
    }

    // MARK: Names

    @Test func `Nobody logs in with a hook's name, or writes to it`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let (one, _) = try world.addHook("ops", "Deploy")
        let (two, _) = try world.addHook("lobby", "deploy")
        for (number, name) in ["deploy", "DEPLOY", "\u{FF44}eploy"].enumerated() {
            #expect(world.knock(UInt32(10 + number), name).code == "name_taken")
        }
        let secret = #"{"type":"direct","to":"deploy","text":"hi"}"#
        let refusal = world.send(ann, secret)[0]
        #expect(refusal.code == "not_found")
        #expect((refusal["text"] as? String)?.contains("is a program") == true)
        world.send(ann, #"{"type":"create","room":"den"}"#)
        let invitation = #"{"type":"invite","room":"den","user":"deploy"}"#
        #expect((world.send(ann, invitation)[0]["text"] as? String)?.contains("program") == true)
        // The name is free when its last hook has gone.
        world.deleteHook(one.number)
        #expect(world.knock(2, "deploy").code == "name_taken")
        world.deleteHook(two.number)
        #expect(world.knock(3, "deploy").type == "welcome")
    }

    @Test func `A moderator learns that it is a program, and mutes nobody else instead`() throws {
        let world = World()
        world.enterModerator()
        world.close(world.login(0, "deploy"))
        world.pass(.seconds(60))
        let (hook, token) = try world.addHook("lobby", "deploy")
        for action in [ModerationAction.kick, .ban, .mute] {
            let refusal = world.order(action, "*", "Deploy")
            #expect(refusal.code == "not_found")
            #expect((refusal["text"] as? String)?.contains("roost hook delete") == true)
        }
        #expect(world.sanctions == [])
        #expect(world.post(token, hello)?.0.type == "ok")
        // What it has said can be deleted, like everybody's.
        world.send(world.connections[50]!, #"{"type":"join","room":"lobby"}"#)
        let deletion = world.send(world.connections[50]!, #"{"type":"delete","offset":1}"#)
        #expect(deletion.last?.type == "ok")
        world.deleteHook(hook.number)
        #expect(world.order(.mute, "*", "deploy").type == "ok")
    }

    @Test func `A hook takes nobody's name`() throws {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        #expect(world.makeAccount(bob, "correct horse").type == "ok")
        world.close(bob)
        world.pass(.seconds(3600))
        for name in ["ann", "ANN", "bob", "Bob"] {
            #expect(world.refusal(ofHook: "ops", name) == .nameTaken)
        }
        // A name is kept for a minute; then it is anybody's, and the session has lost it.
        let welcome = try #require(world.heard(ann).first?["session"] as? String)
        world.close(ann)
        #expect(world.refusal(ofHook: "ops", "ann") == .nameTaken)
        world.pass(.seconds(60))
        #expect(world.refusal(ofHook: "ops", "ann") == nil)
        let back = world.send(
            world.open(2), #"{"type":"login","user":"ann","session":"\#(welcome)"}"#)[0]
        #expect(back.code == "name_taken")
    }

    @Test(arguments: [
        ("", nil, ErrorCode.badName), ("a/b", nil, .badName), ("@ann,bob", nil, .notFound),
        (String(repeating: "x", count: 65), nil, .badName), ("ops", "", .badName),
        ("ops", "no blanks", .badName), ("ops", String(repeating: "x", count: 33), .badName),
    ])
    func `A room and a name must be allowed`(_ room: String, _ name: String?, _ code: ErrorCode) {
        let world = World()
        #expect(world.refusal(ofHook: room, name) == code)
        #expect(world.hooks == [])
    }

    @Test func `There are 1,000 hooks at most`() throws {
        let world = World()
        for number in 1...1000 as ClosedRange<Int64> {
            #expect(try world.addHook("ops").hook.number == number)
        }
        #expect(world.refusal(ofHook: "ops") == .forbidden)
        world.deleteHook(500)
        #expect(try world.addHook("ops").hook.number == 1001)
        #expect(world.hooks.map(\.number) == Array(1...499) + Array(501...1001))
    }

    // MARK: Limits

    @Test func `A hook may do as much as a user, and no more; another one is not held up`() throws {
        let world = World(ChatLimits())
        let token = try world.addHook("ops").token
        let other = try world.addHook("ops").token
        var count = 0
        while count < 1000, world.post(token, hello)?.0.type == "ok" { count += 1 }
        #expect(count == 80)
        let refusal = try #require(world.post(token, hello)).0
        #expect(refusal.code == "rate_limited")
        #expect(world.post(other, hello)?.0.type == "ok")
        world.pass(.milliseconds(try #require(refusal["retry_after_ms"] as? Int)))
        #expect(world.post(token, hello)?.0.type == "ok")
        #expect(world.post(token, hello)?.0.code == "rate_limited")
        // What is long costs more.
        world.pass(.seconds(60))
        count = 0
        let long = #"{"text":"a","pad":""# + String(repeating: "x", count: 60_000) + #""}"#
        while count < 1000, world.post(token, long)?.0.type == "ok" { count += 1 }
        #expect((10...12).contains(count))
    }

    @Test func `What hooks post counts for the address that it comes from`() throws {
        var limits = ChatLimits.withoutRateLimit
        limits.storedByteLimitPerAddressAndDay = 10_000
        let store = FakeStore()
        store.answersAtOnce = true
        let world = World(limits, store: store)
        world.openLobby()
        let token = try world.addHook("ops").token
        let long = #"{"text":""# + String(repeating: "x", count: 3_900) + #""}"#
        var count = 0
        while count < 100, world.post(token, long, from: 7)?.0.code == nil {
            world.answers = [:]
            count += 1
        }
        #expect(count == 3)
        let neighbour = world.login(0, "ann", from: 7)
        #expect(
            world.send(neighbour, #"{"type":"message","text":"x"}"#)[0].code == "rate_limited")
        #expect(world.post(token, long, from: 8)?.0.code == nil)
    }
}

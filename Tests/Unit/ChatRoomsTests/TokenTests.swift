// Logging in by tokens: the name in the token is the name, and it holds until the token ends.
import Testing

@testable import ChatRooms

@Suite struct TokenTests {
    /// A world that knows the tokens `ann`, `bob` and `mod`, each valid for an hour, `short` of ann
    /// for a minute, and `team` of ann for some rooms.
    private func tokenWorld(store: FakeStore? = nil) -> World {
        var limits = ChatLimits.withoutRateLimit
        limits.requiresTokens = true
        let world = World(limits, store: store)
        let hour = world.now.wall + 3_600_000
        for name in ["ann", "bob"] { world.claims[name] = TokenClaims(name: name, expiresAt: hour) }
        world.claims["mod"] = TokenClaims(name: "mod", isModerator: true, expiresAt: hour)
        world.claims["short"] = TokenClaims(name: "ann", expiresAt: world.now.wall + 60_000)
        world.claims["team"] = TokenClaims(
            name: "ann", rooms: ["Team-*", "lobby"], expiresAt: hour)
        world.claims["team only"] = TokenClaims(name: "ann", rooms: ["team-*"], expiresAt: hour)
        return world
    }

    private func logIn(_ world: World, _ slot: UInt32, _ token: String, _ more: String = "")
        -> [JSON]
    {
        world.send(world.open(slot), #"{"type":"login","token":"\#(token)"\#(more)}"#)
    }

    @Test(arguments: [
        (#""user":"ann""#, "bad_token"), (#""token":"forged""#, "bad_token"),
        (#""user":"bob","token":"ann""#, "bad_token"), (#""user":"ANN","token":"ann""#, nil),
        (#""token":"ann""#, nil), (#""token":7"#, "bad_request"),
        (#""user":"ann","password":"correct horse""#, "bad_token"),
        (#""user":"ann","session":"AAAAAAAAAAAAAAAAAAAAAA""#, "bad_token"),
    ])
    func `Only a token logs in, and its name is the name`(_ fields: String, _ code: String?) {
        let world = tokenWorld()
        let replies = world.send(world.open(0), #"{"type":"login",\#(fields)}"#)
        #expect(replies.first?.code == code)
        guard code == nil else { return }
        #expect(replies.map(\.type) == ["welcome", "joined"])
        #expect(replies[0]["user"] as? String == "ann")
    }

    @Test func `A token needs no session, and its name is never anybody else's`() {
        let world = tokenWorld()
        #expect(logIn(world, 0, "ann")[0].type == "welcome")
        #expect(logIn(world, 1, "ann")[0].type == "welcome", "another device")
        #expect(world.userCount == 1)
        for slot in 0...1 as ClosedRange<UInt32> { world.close(world.connections[slot]!) }
        #expect(logIn(world, 2, "ann")[0].type == "welcome", "within the name's reservation")
        let refused = world.makeAccount(world.connections[2]!, "correct horse")
        #expect(refused.code == "forbidden")
    }

    @Test func `A token of a reserved name, or of none that is allowed, is refused`() {
        let world = tokenWorld()
        for (name, code) in [("server", "name_taken"), ("no name", "bad_name")] {
            world.claims[name] = TokenClaims(name: name, expiresAt: .max)
            #expect(logIn(world, 0, name)[0].code == code)
            world.close(world.connections[0]!)
        }
    }

    @Test func `A connection ends with its token, unless another one came`() {
        let world = tokenWorld()
        _ = logIn(world, 0, "short")
        _ = logIn(world, 1, "short")
        let (ann, other) = (world.connections[0]!, world.connections[1]!)
        let again = world.send(ann, #"{"type":"login","token":"ann","ref":"new"}"#)
        #expect(again.map(\.type) == ["ok"] && again[0]["ref"] as? String == "new")
        #expect(world.send(other, #"{"type":"login","token":"bob"}"#).first?.code == "bad_token")
        #expect(world.send(other, #"{"type":"login","token":"x"}"#).first?.code == "bad_token")
        world.pass(.seconds(59))
        world.tick()
        #expect(world.closes.isEmpty)
        world.pass(.seconds(1))
        world.tick()
        #expect(world.closes[other]?.code == 4005 && world.closes[ann] == nil)
        world.close(other)
        world.pass(.seconds(3540))
        world.tick()
        #expect(world.closes[ann]?.code == 4005)
        #expect(world.say(ann).isEmpty, "nothing more is taken of it")
    }

    @Test func `A token is for its rooms`() {
        let world = tokenWorld()
        _ = logIn(world, 0, "team")
        let ann = world.connections[0]!
        for (room, type) in [
            ("team-a", "joined"), ("TEAM-b", "joined"), ("other", "error"), ("ateam-x", "error"),
        ] { #expect(world.join(ann, room).type == type, "\(room)") }
        #expect(world.join(ann, "other").text == "Your token is not for this room.")
        _ = logIn(world, 2, "bob")
        for (room, type) in [("team-z", "joined"), ("other", "error")] {
            let reply = world.send(ann, #"{"type":"create","room":"\#(room)"}"#)
            #expect(reply.last?.type == type)
        }
        let direct = #"{"type":"direct","to":"bob","text":"x"}"#
        #expect(world.send(ann, direct).last?.code == "forbidden")
        // Another token for fewer rooms takes it out of the rest.
        let replies = world.send(ann, #"{"type":"login","token":"team only"}"#)
        #expect(
            replies.map(\.type) == ["kicked", "ok"] && replies[0]["room"] as? String == "lobby")
        #expect(logIn(world, 1, "team only").map(\.type) == ["welcome", "error"])
    }

    @Test(arguments: [
        ("*", "anything", true), ("a*c", "abbc", true), ("a*c", "ac", true), ("a*c", "acb", false),
        ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("", "a", false),
        ("straße", "STRASSE", true), ("team", "team-a", false), ("**", "x", true),
    ])
    func `A star stands for any characters`(_ pattern: String, _ room: String, _ fits: Bool) {
        let claims = TokenClaims(name: "ann", rooms: [pattern], expiresAt: 0)
        #expect(claims.covers(NameKey(room)) == fits)
    }

    @Test func `A token makes a moderator as long as it is used`() {
        let world = tokenWorld()
        _ = logIn(world, 0, "ann")
        _ = logIn(world, 1, "bob")
        #expect(logIn(world, 50, "mod")[0]["moderator"] as? Bool == true)
        #expect(world.order(.mute, "lobby", "bob", by: 0).code == "forbidden")
        #expect(world.order(.mute, "lobby", "bob").type == "ok")
        #expect(world.say(world.connections[1]!).code == "forbidden")
        world.claims["mod"]!.isModerator = false
        world.send(world.connections[50]!, #"{"type":"login","token":"mod"}"#)
        #expect(world.order(.unmute, "lobby", "bob").code == "forbidden")
    }

    /// People with tokens are known by name: an office is not banned for one of them.
    @Test func `A ban holds for the name in the token, and for no address`() {
        let world = tokenWorld()
        _ = logIn(world, 50, "mod")
        let bob = world.open(0, from: 7)
        world.send(bob, #"{"type":"login","token":"bob"}"#)
        world.order(.ban, "*", "bob", #","seconds":60"#)
        #expect(world.closes[bob]?.code == 4004)
        world.close(bob)
        world.pass(.seconds(30))
        #expect(logIn(world, 1, "bob")[0].code == "forbidden")
        let ann = world.send(world.open(2, from: 7), #"{"type":"login","token":"ann"}"#)
        #expect(ann[0].type == "welcome")
        let refused = world.refusal("bob", "lobby")
        #expect(refused == .forbidden && world.refusal("ann", "lobby") == nil)
        #expect(world.refusal("team only", "lobby") == .forbidden)
    }

    @Test func `A hand-over keeps tokens' ends, rooms and moderators`() throws {
        let world = tokenWorld()
        _ = logIn(world, 50, "mod")
        _ = logIn(world, 0, "team")
        _ = logIn(world, 1, "short")
        let saved = world.chat.save(at: world.now)
        var limits = ChatLimits.withoutRateLimit
        limits.requiresTokens = true
        world.chat = try Chat(restoring: saved, limits: limits, at: world.now)
        #expect(world.join(world.connections[0]!, "other").code == "forbidden")
        #expect(world.order(.mute, "lobby", "ann").type == "ok")
        world.pass(.seconds(60))
        world.tick()
        #expect(world.closes.keys.map(\.slot) == [1])
    }

    /// Random tokens on random connections, against a list of when each ends.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Every token ends at its time`(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var grants = Grants()
        var list: [ConnectionKey: Int64] = [:]
        var now = Timestamp(monotonic: 0, wall: 0)
        for generation in 0..<500 as Range<UInt32> {
            let slot = UInt32.random(in: 0..<8, using: &random)
            let known = list.keys.first { $0.slot == slot }
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let key = known ?? ConnectionKey(slot: slot, generation: generation)
                list[key] = now.wall + .random(in: 1...50, using: &random)
                grants.set(TokenClaims(name: "ann", expiresAt: list[key]!), key)
            case 2:
                guard let known else { continue }
                list[known] = nil
                grants.remove(slot)
            default:
                now.wall += .random(in: 1...30, using: &random)
                var ended: Set<ConnectionKey> = []
                while let key = grants.takeEnded(at: now) {
                    ended.insert(key)
                    grants.remove(key.slot)
                }
                #expect(ended == Set(list.filter { $0.value <= now.wall }.keys))
                list = list.filter { $0.value > now.wall }
            }
            #expect(grants.entries.count == list.count)
        }
    }
}

extension World {
    /// Why somebody with this token may not read the room over HTTP.
    fileprivate func refusal(_ token: String, _ room: String) -> ErrorCode? {
        chat.refusal(of: claims[token]!, toRead: room, at: now)?.error
    }
}

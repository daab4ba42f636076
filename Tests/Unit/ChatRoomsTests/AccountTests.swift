// Accounts: a name that stays somebody's own, its password and its sessions.
import Testing

@testable import ChatRooms

@Suite struct AccountTests {
    private let password = "correct horse"
    private let logout = #"{"type":"logout"}"#
    private let everywhere = #"{"type":"logout","everywhere":true}"#

    /// A world with an account `ann`, who is connected at slot 0.
    private func annsWorld(_ limits: ChatLimits = .withoutRateLimit) -> World {
        let world = World(limits)
        #expect(world.makeAccount(world.login(0, "ann"), password).type == "ok")
        return world
    }

    @Test func `The name stays its owner's for ever`() {
        let world = annsWorld()
        world.close(world.connections[0]!)
        #expect(world.userCount == 0)
        world.pass(.seconds(1_000_000))
        world.tick()
        #expect(world.login(1, "Ann", session: "").code == "name_taken")
        let back = world.login(2, "ANN", password: password)[0]
        #expect(back.type == "welcome" && back["account"] as? Bool == true)
        #expect(back["user"] as? String == "ANN" && world.userCount == 1)
    }

    @Test func `A session goes on being one when its name becomes an account`() {
        let world = World()
        let session = world.login(0, "ann", session: "")["session"] as! String
        _ = world.login(1, "ann", session: session)
        #expect(world.makeAccount(world.connections[1]!, password)["ref"] as? String == "a")
        #expect(world.login(2, "ann", session: session)["account"] as? Bool == true)
        world.send(world.connections[0]!, logout)
        // All three were of one session.
        #expect(world.closes.count == 3 && world.userCount == 0)
        #expect(world.login(3, "ann", session: session).code == "name_taken")
    }

    @Test func `A session is enough, whatever the password beside it`() {
        let world = World()
        let session = world.login(0, "ann", session: "")["session"] as! String
        world.makeAccount(world.connections[0]!, password)
        world.answersPasswordsAtOnce = false
        let reply = world.send(
            world.open(1),
            #"{"type":"login","user":"ann","session":"\#(session)","password":"wrong one"}"#)
        #expect(reply[0].type == "welcome" && world.passwords.isEmpty)
    }

    /// What a wrong password is answered, where the name is an account, free, taken or kept.
    @Test func `A wrong password does not tell names apart`() {
        let world = annsWorld()
        _ = world.login(1, "bob")
        world.close(world.login(2, "carl"))
        world.answersPasswordsAtOnce = false
        var answers: Set<String> = []
        for (slot, name) in zip((3...6) as ClosedRange<UInt32>, ["ann", "free", "bob", "carl"]) {
            world.login(slot, name, password: "wrong password")
            // Each is compared with something.
            #expect(world.passwords.count == 1 && world.paused.count == 1)
            world.answerPassword()
            answers.insert(world.inbox[world.connections[slot]!]!.joined())
        }
        #expect(answers.count == 1 && answers.first!.contains("bad_password"))
        // A free name is free, without a password.
        #expect(world.login(9, "free", session: "").type == "welcome")
    }

    @Test func `The same password in another composition is the same`() {
        let world = World()
        world.makeAccount(world.login(0, "ann"), "p\u{E9}p\u{E9}p\u{E9}p\u{E9}")
        #expect(
            world.login(1, "ann", password: "pe\u{301}pe\u{301}pe\u{301}pe\u{301}")[0].code == nil)
        #expect(world.login(2, "ann", password: "pepepepe")[0].code == "bad_password")
    }

    @Test(arguments: [
        ("1234567", "bad_request"), ("12345678", nil), ("ééé", "bad_request"), ("éééé", nil),
        (#"\u00312345678"#, nil), (#"\u0031234567"#, "bad_request"),
        (String(repeating: "x", count: 1_024), nil),
        (String(repeating: "x", count: 1_025), "bad_request"), ("        ", nil),
    ])
    func `A password has 8 to 1,024 bytes`(_ password: String, _ code: String?) {
        let world = World()
        #expect(world.makeAccount(world.login(0, "ann"), password).code == code)
        #expect(world.login(1, "ann", password: password)[0].code == code)
    }

    @Test func `A password is set once a minute, and the new one counts`() {
        let world = annsWorld()
        let ann = world.connections[0]!
        let refusal = world.makeAccount(ann, "another one")
        #expect(refusal.code == "rate_limited" && refusal["retry_after_ms"] as? Int == 60_000)
        world.pass(.seconds(60))
        #expect(world.makeAccount(ann, "another one").type == "ok")
        #expect(world.login(1, "ann", password: password)[0].code == "bad_password")
        #expect(world.login(2, "ann", password: "another one")[0].type == "welcome")
    }

    @Test func `Signing out ends one session, and everywhere all`() {
        let world = annsWorld()
        let sessions = (1...3 as ClosedRange<UInt32>).map {
            world.login($0, "ann", password: password)[0]["session"] as! String
        }
        #expect(Set(sessions).count == 3)
        _ = world.login(4, "ann", session: sessions[0])
        world.send(world.connections[1]!, logout)
        #expect(world.closes.mapValues(\.code).values.sorted() == [1000, 4005])
        #expect(world.closes[world.connections[4]!]?.code == 4005 && world.userCount == 1)
        #expect(world.login(5, "ann", session: sessions[0]).code == "name_taken")
        world.send(world.connections[2]!, everywhere)
        #expect(world.closes.count == 5 && world.userCount == 0)
        for session in sessions {
            #expect(world.login(6, "ann", session: session).code == "name_taken")
            world.close(world.connections[6]!)
        }
        #expect(world.login(7, "ann", password: password)[0].type == "welcome")
    }

    @Test func `The least recently used of too many sessions goes, and one in use last`() {
        let world = annsWorld()
        var sessions: [String] = []
        for slot in 1...15 as ClosedRange<UInt32> {
            sessions.append(world.login(slot, "ann", password: password)[0]["session"] as! String)
            if slot > 1 { world.close(world.connections[slot]!) }
        }
        // The session of slot 1 is older, and in use.
        world.login(20, "ann", password: password)
        #expect(world.closes.isEmpty)
        #expect(world.login(21, "ann", session: sessions[1]).code == "name_taken")
        #expect(world.login(22, "ann", session: sessions[2]).type == "welcome")
        for slot in 23...36 as ClosedRange<UInt32> { world.login(slot, "ann", password: password) }
        // All are in use now: the next one costs a connection.
        let closeCount = world.closes.count
        world.login(40, "ann", password: password)
        #expect(world.closes.count == closeCount + 1)
        #expect(world.closes.values.allSatisfy { $0.code == 4005 })
    }

    @Test(arguments: [
        ("account", "not_logged_in"), (#"account","password":7,"x":"y"#, "not_logged_in"),
    ])
    func `Only somebody has an account`(_ command: String, _ code: String) {
        let world = World()
        #expect(world.send(world.open(0), #"{"type":"\#(command)"}"#)[0].code == code)
    }

    @Test func `Accounts are limited in all and by address`() {
        var limits = ChatLimits.withoutRateLimit
        limits.accountLimit = 3
        #expect(
            limits.accountsPerAddressLimit == 1 && ChatLimits().accountsPerAddressLimit == 1_000)
        let world = World(limits)
        for (slot, address) in [(0, 1), (1, 1), (2, 2), (3, 0), (4, 0)] as [(UInt32, UInt128)] {
            let reply = world.makeAccount(world.login(slot, "u\(slot)", from: address), password)
            let isRefused = slot == 1 || slot == 4
            #expect(reply.code == (isRefused ? "forbidden" : nil), "\(slot)")
        }
        // A refusal holds nobody up: one of the accounts goes, and there is a place.
        #expect(world.chat.deleteAccount("u3", at: world.now, &world.effects))
        world.carryOut()
        #expect(world.makeAccount(world.connections[4]!, password).type == "ok")
        // An account's owner may change the password.
        world.pass(.seconds(60))
        #expect(world.makeAccount(world.connections[0]!, password).type == "ok")
    }
}

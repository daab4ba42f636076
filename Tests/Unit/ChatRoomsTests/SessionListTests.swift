// The command `sessions`, and ending one of them by `logout`.
import Testing

@testable import ChatRooms

@Suite struct SessionListTests {
    private let password = "correct horse"
    private let list = #"{"type":"sessions","ref":"s"}"#

    /// Logs in with the password, and says what the client calls itself; `client` is JSON.
    private func login(_ world: World, _ slot: UInt32, client: String) -> JSON {
        world.send(
            world.open(slot),
            #"{"type":"login","user":"ann","password":"\#(password)","client":\#(client),"join":false}"#
        )[0]
    }

    private func sessions(_ world: World, _ slot: UInt32) -> [JSON] {
        let reply = world.send(world.connections[slot]!, list).last!
        #expect(reply.type == "sessions" && reply["ref"] as? String == "s")
        return reply["sessions"] as! [JSON]
    }

    /// `ann` has an account and is connected at slots 0 ("Firefox" in her next logins), 1 and 2.
    private func annsWorld(store: FakeStore? = nil) -> World {
        let world = store.map { World(store: $0) } ?? World()
        #expect(world.makeAccount(world.login(0, "ann", join: false), password).type == "ok")
        world.pass(.seconds(5))
        #expect(login(world, 1, client: #""Firefox on Linux""#).type == "welcome")
        world.pass(.seconds(5))
        #expect(login(world, 2, client: #""My \"phone\" ☎""#).type == "welcome")
        return world
    }

    @Test func `They are listed with their clients, the last used one first`() {
        let world = annsWorld()
        let all = sessions(world, 1)
        #expect(
            all.map { $0["client"] as? String } == [#"My "phone" ☎"#, "Firefox on Linux", nil])
        #expect(all.map { $0["current"] as! Bool } == [false, true, false])
        #expect(all.map { $0["connections"] as! Int } == [1, 1, 1])
        let times = all.map { $0["at"] as! String }
        #expect(times == times.sorted(by: >) && Set(times).count == 3)
        #expect(Set(all.map { $0["session"] as! String }).count == 3)
        world.close(world.connections[2]!)
        #expect(sessions(world, 1).map { $0["connections"] as! Int } == [0, 1, 1])
    }

    @Test func `A later login may give another name to its session, and none keeps the old one`() {
        let world = annsWorld()
        let token = login(world, 3, client: #""one""#)["session"] as! String
        func again(_ rest: String) -> [JSON] {
            world.close(world.connections[3]!)
            let command = #"{"type":"login","user":"ann","session":"\#(token)"\#(rest)}"#
            #expect(world.send(world.open(3), command)[0].type == "welcome")
            return sessions(world, 3)
        }
        for rest in ["", #","client":null"#, #","client":"""#] {
            #expect(again(rest)[0]["client"] as? String == "one")
        }
        #expect(again(#","client":"two""#)[0]["client"] as? String == "two")
    }

    @Test(arguments: [
        (#""\#(String(repeating: "é", count: 64))""#, nil),
        (#""\#(String(repeating: "x", count: 65))""#, "bad_request"), ("7", "bad_request"),
        (#""two\nlines""#, "bad_request"), (#""\u0007""#, "bad_request"),
        (#""\u200b""#, "bad_request"), (#""</script>""#, nil),
    ])
    func `A client's name is one line of 64 characters`(_ client: String, _ code: String?) {
        let world = World()
        world.makeAccount(world.login(0, "ann", join: false), password)
        #expect(login(world, 1, client: client).code == code)
        // A refused login has changed nothing.
        #expect(sessions(world, 0).count == (code == nil ? 2 : 1))
    }

    @Test func `Without an account there is one, whatever it calls itself`() {
        let world = World()
        let login = #"{"type":"login","user":"bob","client":"x","session":""#
        let first = world.send(world.open(0), login + #""}"#)[0]["session"] as! String
        #expect(world.send(world.open(1), login + first + #""}"#)[0].type == "welcome")
        let all = sessions(world, 1)
        #expect(all.count == 1 && all[0]["client"] == nil && all[0]["at"] == nil)
        #expect(all[0]["connections"] as? Int == 2 && all[0]["current"] as? Bool == true)
        let id = all[0]["session"] as! String
        #expect(
            world.send(world.connections[1]!, #"{"type":"logout","session":"\#(id)"}"#)[0].type
                == "ok")
        #expect(world.closes[world.connections[1]!]?.code == 1000)
        #expect(world.closes[world.connections[0]!]?.code == 4005)
    }

    @Test(arguments: [false, true])
    func `Another session is ended, and this one goes on`(_ hasStore: Bool) {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = annsWorld(store: hasStore ? store : nil)
        let (phone, own) = (world.connections[2]!, world.connections[1]!)
        let id = sessions(world, 1)[0]["session"] as! String
        #expect(
            world.send(own, #"{"type":"logout","session":"\#(id)","ref":"e"}"#).last?.type == "ok")
        #expect(world.closes.map(\.key) == [phone] && world.closes[phone]?.code == 4005)
        #expect(sessions(world, 1).count == 2)
        // Once more, and somebody else's, and what is none.
        for gone in [id, "", "0123456789abcdef"] {
            let reply = world.send(own, #"{"type":"logout","session":"\#(gone)"}"#).last!
            #expect(reply.code == "not_found")
        }
        let both = #"{"type":"logout","everywhere":true,"session":"\#(id)"}"#
        #expect(world.send(own, both).last?.code == "bad_request")
        // Its own one, by its id.
        let last = sessions(world, 1).first { $0["current"] as! Bool }!["session"] as! String
        #expect(world.send(own, #"{"type":"logout","session":"\#(last)"}"#).last?.type == "ok")
        #expect(world.closes[own]?.code == 1000 && world.closes.count == 2)
    }

    @Test func `The end of a session is acknowledged when it is kept`() {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = annsWorld(store: store)
        let id = sessions(world, 1)[0]["session"] as! String
        store.answersAtOnce = false
        let end = #"{"type":"logout","session":"\#(id)"}"#
        #expect(world.send(world.connections[1]!, end).isEmpty)
        store.keep(world)
        #expect(world.heard(world.connections[1]!).last?.type == "ok")
        store.crash()
        let next = World(seed: 77, store: store)
        next.now = world.now
        store.answersAtOnce = true
        #expect(next.login(0, "ann", password: password)[0].type == "welcome")
        let all = sessions(next, 0)
        #expect(all.map { $0["client"] as? String } == [nil, "Firefox on Linux", nil])
        #expect(!all.contains { $0["session"] as? String == id })
    }

    @Test func `Clients' names outlive a hand-over`() throws {
        let world = annsWorld()
        let before = sessions(world, 1).map { $0["client"] as? String }
        try world.restart(clockOffset: 5)
        #expect(sessions(world, 1).map { $0["client"] as? String } == before)
    }

    @Test func `Nobody sees the sessions of others`() {
        let world = annsWorld()
        let bob = world.login(5, "bob")
        let id = sessions(world, 1)[0]["session"] as! String
        #expect(sessions(world, 5).count == 1)
        #expect(
            world.send(bob, #"{"type":"logout","session":"\#(id)"}"#)[0].code == "not_found")
        #expect(world.send(world.open(6), list)[0].code == "not_logged_in")
        #expect(world.closes.isEmpty)
    }
}

// Passwords on their way, and the wrong ones: who waits, for how long, and who does not.
import Testing

@testable import ChatRooms

@Suite struct PasswordTests {
    private let password = "correct horse"

    private func annsWorld() -> World {
        let world = World()
        world.makeAccount(world.login(0, "ann"), password)
        return world
    }

    @Test func `Commands wait for a password, in their order`() {
        let world = World()
        let ann = world.login(0, "ann")
        world.answersPasswordsAtOnce = false
        #expect(world.send(ann, #"{"type":"account","password":"12345678","ref":"1"}"#).isEmpty)
        #expect(world.paused[ann] != nil)
        #expect(world.send(ann, #"{"type":"who","room":"lobby","ref":"2"}"#).isEmpty)
        let before = world.inbox[ann]!.count
        world.answerPassword()
        #expect(world.heard(ann)[before...].map { $0["ref"] as? String } == ["1", "2"])
        #expect(world.paused.isEmpty)
    }

    @Test func `Too many at a time are unavailable, and cost nobody an attempt`() {
        let world = annsWorld()
        world.answersPasswordsAtOnce = false
        for slot in 1...20 as ClosedRange<UInt32> {
            world.login(slot, "ann", password: "wrong password", from: 5)
            world.answerPassword(isBusy: true)
            let reply = world.heard(world.connections[slot]!)[0]
            #expect(reply.code == "unavailable" && reply["retry_after_ms"] as? Int ?? 0 > 0)
        }
        let bob = world.login(30, "bob")
        for isBusy in [true, false] {
            world.makeAccount(bob, password)
            world.answerPassword(isBusy: isBusy)
            #expect(world.heard(bob).last!.code == (isBusy ? "unavailable" : nil))
        }
    }

    @Test func `A client that has gone meanwhile gets nothing, and harms nobody`() {
        let world = annsWorld()
        let bob = world.login(1, "bob")
        world.answersPasswordsAtOnce = false
        world.login(2, "ann", password: password)
        world.makeAccount(bob, password)
        world.close(world.connections[2]!)
        world.close(bob)
        _ = world.open(2)
        while !world.passwords.isEmpty { world.answerPassword() }
        #expect(world.inbox[world.connections[2]!] == [])
        // Bob's name did not become an account.
        world.pass(.seconds(60))
        #expect(world.login(3, "bob", session: "").type == "welcome")
    }

    @Test func `A password that was changed meanwhile is wrong`() {
        let world = annsWorld()
        world.answersPasswordsAtOnce = false
        world.login(1, "ann", password: password)
        #expect(world.chat.resetAccount("ann", password: "other", at: world.now, &world.effects))
        world.carryOut()
        world.answerPassword()
        #expect(world.heard(world.connections[1]!)[0].code == "bad_password")
    }

    // MARK: Wrong ones

    /// Tries a wrong password at ever new connections, each time as soon as it may, and returns the
    /// seconds that it had to wait.
    private func waits(_ world: World, _ name: String, _ count: Int, from address: UInt128) -> [Int]
    {
        (0..<count).map { _ in
            var waited = 0
            while true {
                let slot = UInt32(1_000 + world.generations.count)
                let reply = world.login(slot, name, password: "wrong password", from: address)[0]
                world.close(world.connections[slot]!)
                if reply.code == "bad_password" { return waited / 1_000 }
                #expect(reply.code == "rate_limited")
                let time = reply["retry_after_ms"] as! Int
                world.pass(.milliseconds(time))
                waited += time
            }
        }
    }

    @Test(arguments: ["ann", "nobody"])
    func `Five are free, then the waits double to a quarter of an hour`(_ name: String) {
        let world = annsWorld()
        let found = waits(world, name, 17, from: 0)
        #expect(
            found == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    }

    @Test func `The owner is not locked out with a session, and a right password forgets the rest`()
    {
        let world = annsWorld()
        let session = world.login(1, "ann", password: password)[0]["session"] as! String
        _ = waits(world, "ann", 9, from: 3)
        #expect(world.login(2, "ann", session: session).type == "welcome")
        let refused = world.login(3, "ann", password: password)[0]
        // Told before anything is hashed.
        #expect(refused.code == "rate_limited" && world.passwords.isEmpty)
        world.pass(.milliseconds(refused["retry_after_ms"] as! Int))
        #expect(world.login(4, "ann", password: password)[0].type == "welcome")
        #expect(waits(world, "ann", 5, from: 4) == [0, 0, 0, 0, 0])
    }

    @Test func `An address may not try many names, and this machine may`() {
        let world = annsWorld()
        let names = (0..<40).map { "name\($0)" }
        let far = names.map { waits(world, $0, 1, from: 9)[0] }
        #expect(far.prefix(25).allSatisfy { $0 == 0 } && far[25..<29] == [1, 2, 4, 8])
        #expect(names.allSatisfy { waits(world, $0 + "x", 1, from: 0) == [0] })
        // Others are not held up by it.
        #expect(waits(world, "ann", 1, from: 10) == [0])
    }

    @Test func `Many attempts at a time gain nothing`() {
        let world = annsWorld()
        world.answersPasswordsAtOnce = false
        let replies = (1...30 as ClosedRange<UInt32>).map {
            world.login($0, "ann", password: "wrong password")
        }
        #expect(world.passwords.count == 5)
        #expect(replies[5...].allSatisfy { $0[0].code == "rate_limited" })
    }

    @Test func `After a quarter of an hour of rest it begins anew, and not before a restart`()
        throws
    {
        let world = annsWorld()
        _ = waits(world, "ann", 6, from: 2)
        try world.restart(clockOffset: 123)
        #expect(waits(world, "ann", 1, from: 2) == [2])
        world.pass(.milliseconds(904_001))
        #expect(waits(world, "ann", 5, from: 2) == [0, 0, 0, 0, 0])
    }

    @Test func `What is remembered of wrong ones is bounded`() {
        var failures = PasswordFailures()
        for number in 0..<PasswordFailures.entryLimit + 50 {
            let now = Timestamp(monotonic: Int64(number), wall: 0)
            failures.begin([.account("\(number)")], at: now)
        }
        #expect(failures.entries.count == PasswordFailures.entryLimit)
        #expect(failures.entries[.account("49")] == nil && failures.entries[.account("50")] != nil)
    }
}

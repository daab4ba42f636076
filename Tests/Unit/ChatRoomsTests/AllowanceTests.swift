// How much one address may have stored.
import Testing

@testable import ChatRooms

@Suite struct AllowanceTests {
    private func world(_ limit: Int?) -> World {
        var limits = ChatLimits.withoutRateLimit
        limits.storedByteLimitPerAddressAndDay = limit
        let store = FakeStore()
        store.answersAtOnce = true
        let world = World(limits, store: store)
        world.openLobby()
        return world
    }

    private static let message =
        #"{"type":"message","text":"\#(String(repeating: "x", count: 900))"}"#

    @Test func `An address has a day's share of the store, whoever comes and goes`() {
        let world = world(10_000)
        var ann = world.login(0, "ann", from: 7)
        let neighbour = world.login(1, "bob", from: 8)
        var storedCount = 0
        while world.send(ann, Self.message).last?.type == "ok" { storedCount += 1 }
        #expect(storedCount == 11)
        // Another name, another connection: the address is the same.
        world.close(ann)
        ann = world.login(2, "cid", from: 7)
        let refusal = world.send(ann, Self.message)[0]
        #expect(refusal.code == "rate_limited")
        #expect(world.send(neighbour, Self.message).last?.type == "ok")
        // It fills again bit by bit.
        world.pass(.milliseconds(refusal["retry_after_ms"] as! Int))
        #expect(world.send(ann, Self.message).last?.type == "ok")
        #expect(world.send(ann, Self.message)[0].code == "rate_limited")
        world.pass(.seconds(86_400))
        storedCount = 0
        while world.send(ann, Self.message).last?.type == "ok" { storedCount += 1 }
        #expect(storedCount >= 10)
    }

    @Test(arguments: [(nil, 7), (1_000, 0)] as [(Int?, UInt128)])
    func `Without a limit, and for exempt clients, there is none`(limit: Int?, from: UInt128) {
        let world = world(limit)
        let ann = world.login(0, "ann", from: from)
        for _ in 0..<30 { #expect(world.send(ann, Self.message).last?.type == "ok") }
    }
}

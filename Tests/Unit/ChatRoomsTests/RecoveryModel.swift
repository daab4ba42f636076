// Crashes in the store's model after which connections go on: a person's program notices nothing,
// and what it has seen before and after is one whole.
import Testing

@testable import ChatRooms

extension StoreModel {
    /// The process is killed. What waits on the way to a client is lost with it, and for each room
    /// it is known how far each client has come.
    func crashKeepingConnections() {
        crashCount += 1
        world.tell(.state(.works))
        if Int.random(in: 0..<4, using: &random) > 0 {
            store.answerAll(world)
            readAll()
        }
        // Some of what is durable has reached nobody.
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            say()
            if Bool.random(using: &random) { store.keep(world) }
        }
        var missed: [ConnectionKey: Int] = [:]
        let left = clients.keys.sorted { $0.slot < $1.slot }.compactMap { key in
            survivor(key, &missed[key, default: 0])
        }
        if Bool.random(using: &random) { store.keepUnheard() }
        let next = world.crashed(limits, seed: seed + 1_000)
        seed += 1_000
        let before = clients
        for key in clients.keys { keepPlaces(of: key) }
        clients = [:]
        world = next
        var lost: [ConnectionKey] = []
        for survivor in left {
            let isLost = Int.random(in: 0..<6, using: &random) == 0
            guard world.recover(survivor, isLost: isLost) else { continue }
            guard !isLost else {
                lost.append(survivor.key)
                continue
            }
            clients[survivor.key] = before[survivor.key]
            clients[survivor.key]!.readCount = 0
            recoveredConnectionCount += 1
            missedEntryCount += missed[survivor.key]!
        }
        for key in lost { world.close(key) }
    }

    /// A client that is at rest, when it has read a part of what is on its way to it; nil if it is
    /// not, or if it cannot go on.
    private func survivor(_ key: ConnectionKey, _ missedCount: inout Int) -> Survivor? {
        let unread = world.inbox[key]!.count - clients[key]!.readCount
        // What is replied is never lost: then the connection was not at rest.
        let lost = world.inbox[key]!.suffix(unread).reversed().prefix {
            parse($0).type == "message"
        }
        missedCount = Int.random(in: 0...lost.count, using: &random)
        world.inbox[key]!.removeLast(missedCount)
        read(key)
        guard clients[key]!.isLoggedIn, clients[key]!.due.isEmpty, world.closes[key] == nil,
            var survivor = world.survivor(key)
        else { return nil }
        let rooms = clients[key]!.rooms
        world.chat.forEachSubscription { other, room in
            guard other == key, let number = world.chat.storedNumber(of: room) else { return }
            let name = NameKey(world.chat.rooms[RoomIndex(rawValue: room.index)].name).folded
            let index = survivor.places.firstIndex { $0.room == number }!
            // It has what the client has: nothing else was confirmed.
            survivor.places[index].place.offset = rooms[name]!.offset
            survivor.places[index].place.epoch = Epoch(Array(rooms[name]!.epoch.utf8))!.number
        }
        return survivor
    }

    /// A client whose connection was closed comes back some time, as after any crash.
    func dropClosed() {
        for key in world.closes.keys where clients[key] != nil {
            #expect(world.closes[key] == .restarted)
            closedAfterCrashCount += 1
            keepPlaces(of: key)
            clients[key] = nil
            world.close(key)
        }
    }
}

@Suite struct RecoveryModelTests {
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `Clients that stay through a crash see everything once and in order`(_ seed: UInt64) {
        let model = StoreModel(seed: seed, entryLimit: seed % 3 == 0 ? 12 : .max)
        run(model)
        model.store.answerAll(model.world)
        model.dropClosed()
        model.settle()
        model.checkStore()
        model.world.checkSubscriptions()
        #expect(!model.world.isCatchingUp && model.world.heldNewsCount == 0)
        #expect(model.world.owed.isEmpty)
    }

    @Test func `The runs reach what they shall test`() {
        var counts = [0, 0, 0, 0, 0]
        for seed in 41...46 as ClosedRange<UInt64> {
            let model = StoreModel(seed: seed, entryLimit: seed % 3 == 0 ? 12 : .max)
            run(model)
            counts[0] += model.crashCount
            counts[1] += model.recoveredConnectionCount
            counts[2] += model.closedAfterCrashCount
            counts[3] += model.acknowledged.count
            counts[4] += model.missedEntryCount
        }
        #expect(zip(counts, [50, 60, 2, 120, 5]).allSatisfy { $0 > $1 }, "\(counts)")
    }

    private func run(_ model: StoreModel) {
        for _ in 0..<700 {
            if Int.random(in: 0..<60, using: &model.random) == 0 {
                model.crashKeepingConnections()
            } else {
                model.step()
            }
            model.dropClosed()
        }
    }
}

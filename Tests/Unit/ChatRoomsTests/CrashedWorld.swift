// A crash of the server in tests: what is left of its connections, and the next process that goes
// on with them.
import Storage
import Testing

@testable import ChatRooms

/// What is left of a connection.
struct Survivor {
    var key: ConnectionKey
    var note: [UInt8]
    var places: [RecoveredPlace]
}

extension World {
    /// What is outside of the process of a connection that is at rest and has everything; nil if it
    /// cannot go on.
    func survivor(_ key: ConnectionKey) -> Survivor? {
        var out = StateWriter()
        guard !chat.owesAnswers(to: key), chat.saveNote(of: key, to: &out) else { return nil }
        var places: [RecoveredPlace] = []
        chat.forEachSubscription { other, room in
            guard other == key else { return }
            places.append(
                RecoveredPlace(
                    room: chat.storedNumber(of: room)!, place: chat.newestPlace(in: room)!))
        }
        return Survivor(key: key, note: out.finish(), places: places)
    }

    /// The next process, with what the store has.
    func crashed(_ limits: ChatLimits = .withoutRateLimit, seed: UInt64 = 8) -> World {
        store!.crash()
        let next = World(limits, seed: seed, store: store)
        next.now = now
        next.openLobby()
        return next
    }

    /// Gives a connection to the chat, as the server does after a crash.
    @discardableResult
    func recover(
        _ survivor: Survivor, isLost: Bool = false, from address: UInt128 = 0
    ) -> Bool {
        let key = survivor.key
        connections[key.slot] = key
        generations[key.slot] = key.generation
        inbox[key] = []
        var reader = StateReader(survivor.note)
        let isTaken = try? chat.recover(
            key, resourceID: UInt64(key.slot) + 100, address: ClientAddress(bits: address),
            from: &reader, places: survivor.places, isLost: isLost, at: now, &effects)
        if isTaken != true { connections[key.slot] = nil }
        carryOut()
        return isTaken == true
    }

    /// What is published reaches the connections that the chat believes to be subscribed, and no
    /// others.
    func checkSubscriptions() {
        var expected: [RoomID: Set<ConnectionKey>] = [:]
        chat.forEachRoom { expected[$0] = [] }
        chat.forEachSubscription { expected[$1]!.insert($0) }
        #expect(subscribers == expected)
    }

    var isCatchingUp: Bool { !chat.catchingUp.isEmpty }
    var heldNewsCount: Int { chat.heldNews.count }
    var lostCount: Int { chat.lostRooms.count }
}

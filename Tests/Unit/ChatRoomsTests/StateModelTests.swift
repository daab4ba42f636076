// Long seeded runs, without interruption and with the chat saved and restored in the middle.

import Foundation
import Storage
import Testing

@testable import ChatRooms

@Suite struct StateModelTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func everybodySeesEverythingOnceAndInOrder(_ seed: UInt64) {
        let model = StateModel(seed: seed)
        for _ in 0..<500 {
            model.step()
        }
        // The run did reach the cases that it should test.
        #expect(model.deliveredCount > 150)
        #expect(model.recoveredCount > 0)
        #expect(model.endedCount > 0)
    }

    @Test(arguments: 21...24 as ClosedRange<UInt64>)
    func goesOnIdenticallyAfterARestore(_ seed: UInt64) throws {
        let straight = StateModel(seed: seed)
        let restored = StateModel(seed: seed)
        var compared = 0
        for step in 0..<300 {
            straight.step()
            restored.step()
            if step % 25 == 7 {
                // Another process has another monotonic clock.
                try restored.world.restart(clockOffset: Int64(step) * 1_000_003 - 90_000_000)
            }
            let same = straight.world.journal[compared...] == restored.world.journal[compared...]
            #expect(same, "step \(step)")
            if !same { break }
            compared = straight.world.journal.count
        }
        #expect(compared > 200)
    }

    @Test func deadlinesAndRatesOutliveARestore() throws {
        let world = World(ChatLimits())
        let waiting = world.open(0)
        let busy = world.login(1, "ann")
        let typing = #"{"type":"typing","room":"lobby"}"#
        #expect(world.send(busy, typing).count == 1)
        for _ in 0..<18 {
            world.send(busy, "{")
        }
        world.pass(.seconds(1))
        try world.restart(clockOffset: 5_000_000)
        #expect(world.send(busy, typing).isEmpty)
        for _ in 0..<4 {
            #expect(world.send(busy, "{")[0].code == "bad_json")
        }
        #expect(world.send(busy, "{")[0].code == "rate_limited")
        world.pass(.milliseconds(13_999))
        world.tick()
        #expect(world.closes.isEmpty)
        world.pass(.milliseconds(1))
        world.tick()
        #expect(world.closes[waiting]?.code == 1008)
    }

    @Test func saysWhatIsWrongWithSavedBytes() throws {
        let bytes = savedWorld()
        let now = Timestamp(monotonic: 0, wall: 0)
        func error(_ bytes: [UInt8]) -> RestoreError? {
            do {
                _ = try Chat(restoring: bytes, at: now)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(bytes) == nil)
        #expect(error([]) == .notAChat)
        #expect(error(Array("hello, this is no chat".utf8)) == .notAChat)
        var later = bytes
        later[4] = 10
        #expect(error(later) == .unknownVersion(10))
        #expect(error(bytes + [0]) == .damaged)
        for end in stride(from: 6, to: bytes.count, by: 1) {
            #expect(error(Array(bytes[..<end])) == .damaged)
        }
    }

    /// Damaged bytes are refused or read as some other chat, which then works; nothing traps.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func damagedBytesNeverTrap(_ seed: UInt64) {
        let bytes = savedWorld()
        var random = SeededGenerator(seed)
        var refusedCount = 0
        for _ in 0..<250 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 6..<bytes.count, using: &random)
                damaged[index] = [0, 1, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random)!
            }
            refusedCount += survives(damaged) ? 0 : 1
        }
        #expect((25...250).contains(refusedCount))
    }

    private func survives(_ bytes: [UInt8]) -> Bool {
        let now = Timestamp(monotonic: 77, wall: 0)
        guard var chat = try? Chat(restoring: bytes, limits: .withoutRateLimit, at: now) else {
            return false
        }
        var effects = Effects()
        var keys = Set<ConnectionKey>()
        for slot in 0..<UInt32(min(chat.connections.count, 100)) {
            keys.insert(
                ConnectionKey(slot: slot, generation: chat.connections[slot].generation))
        }
        for key in keys {
            for text in [
                #"{"type":"message","text":"a","id":"a"}"#, #"{"type":"join","room":"lobby"}"#,
                #"{"type":"leave","room":"kitchen"}"#,
            ] {
                chat.received(Array(text.utf8).span, from: key, at: now, &effects)
            }
        }
        chat.tick(at: now, &effects)
        _ = chat.save(at: now)
        for key in keys {
            chat.connectionClosed(key, at: now, &effects)
        }
        return true
    }

    private func savedWorld() -> [UInt8] {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(2, "bób")
        _ = world.open(3)
        world.send(ann, #"{"type":"message","text":"hello","id":"x"}"#)
        world.send(bob, #"{"type":"join","room":"kitchen"}"#)
        world.send(bob, #"{"type":"message","room":"kitchen","text":"hi"}"#)
        world.send(ann, #"{"type":"join","room":"silent"}"#)
        world.send(ann, #"{"type":"leave","room":"silent"}"#)
        world.close(bob)
        #expect(world.refusal(ofHook: "kitchen") == nil)
        return world.chat.save(at: world.now)
    }
}

extension World {
    /// Saves the chat and goes on with a new one made from the bytes, under another clock.
    func restart(clockOffset: Int64) throws {
        let bytes = chat.save(at: now)
        let stock = chat.tokens
        now.monotonic += clockOffset
        chat = try Chat(restoring: bytes, limits: chat.limits, at: now)
        for token in stock {
            chat.provide(token)
        }
        var again = StateReader(chat.save(at: now))
        var first = StateReader(bytes)
        #expect(again.bytes.count == first.bytes.count)
        // Everything is the same except times, which the rest of the run checks.
        #expect(try again.read(UInt32.self) == first.read(UInt32.self))
    }
}

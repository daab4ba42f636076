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
        later[4] = 9
        #expect(error(later) == .unknownVersion(9))
        // A later version's: its least reader is what counts.
        later[4] = 99
        #expect(error(later) == nil)
        later[6] = 98
        #expect(error(later) == .unknownVersion(99))
        #expect(
            error(later)?.description.hasPrefix("It has version 99, which a program of ") == true)
        #expect(error(bytes + [0]) == .damaged)
        let golden = try Self.golden("chat-\(Chat.stateVersion).state")
        #expect(error(golden) == nil)
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

    // MARK: Golden states

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Support/states")

    private static func golden(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// Writes that of this version: `ROOST_GOLDEN=1 swift test --filter StateModelTests`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["ROOST_GOLDEN"] != nil))
    func writesTheGoldenState() throws {
        try Data(savedWorld()).write(
            to: Self.folder.appendingPathComponent("chat-\(Chat.stateVersion).state"))
    }

    @Test func readsTheStatesOfEarlierVersions() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasPrefix("chat-") }
        #expect(!names.isEmpty)
        for name in names {
            let world = World()
            world.chat = try Chat(
                restoring: Self.golden(name), limits: .withoutRateLimit, at: world.now)
            #expect(world.userCount == 1 && world.rememberedUserCount == 2, "\(name)")
            #expect(world.chat.hookCount == 1, "\(name)")
            for (room, text) in [("lobby", "hello"), ("kitchen", "hi")] {
                let messages = world.page(room).0["messages"] as? [JSON] ?? []
                #expect(messages.map { $0["text"] as? String } == [text], "\(name)")
            }
        }
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
    /// Saves the chat as a later version would, and goes on with a new one made from the bytes,
    /// under another clock.
    func restart(clockOffset: Int64) throws {
        let bytes = chat.save(at: now)
        let later = chat.save(
            at: now, version: Chat.stateVersion + 1, surplus: [0xA5, 1, 2])
        let stock = chat.tokens
        now.monotonic += clockOffset
        chat = try Chat(restoring: later, limits: chat.limits, at: now)
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

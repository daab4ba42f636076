// What commands cost: by the bytes that are read and written for them.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct WorkTests {
    /// How many ordinary commands the connection may still send at once.
    private func allowance(_ world: World, _ key: ConnectionKey) -> Int {
        var count = 0
        while count < 100, world.send(key, "{")[0].code == "bad_json" { count += 1 }
        return count
    }

    private func filled(_ limits: ChatLimits) -> World {
        let world = World(.withoutRateLimit)
        let ann = world.login(0, "ann")
        let text = String(repeating: "x", count: 3_000)
        for _ in 0..<100 { world.send(ann, #"{"type":"message","text":"\#(text)"}"#) }
        world.chat.change(limits)
        world.pass(.seconds(60))
        return world
    }

    @Test(arguments: [
        (#"{"type":"history","room":"lobby","before":999,"limit":1}"#, 1),
        (#"{"type":"history","room":"lobby","before":999,"limit":10}"#, 2),
        (#"{"type":"history","room":"lobby","before":999,"limit":200}"#, 4),
        (#"{"type":"who","room":"lobby"}"#, 1),
    ])
    func `A command costs as many ordinary ones as it makes work`(command: String, cost: Int) {
        let world = filled(ChatLimits())
        let ann = world.connections[0]!
        world.send(ann, command)
        // A part of a command costs as much as the whole for the next one.
        #expect([20 - cost, 19 - cost].contains(allowance(world, ann)), "\(command)")
    }

    @Test(arguments: [(100, 1), (8_000, 1), (30_000, 4), (60_000, 8)])
    func `A message is paid for by its length, whatever comes of it`(length: Int, cost: Int) {
        let world = World(ChatLimits())
        let key = world.open(0)
        let text = "{" + String(repeating: " ", count: length)
        #expect(world.send(key, text)[0].code == "bad_json")
        #expect([20 - cost, 19 - cost].contains(allowance(world, key)))
    }

    @Test func `Debt is paid by waiting, and the refusal says how long`() {
        let world = filled(ChatLimits())
        let ann = world.connections[0]!
        let page = #"{"type":"history","room":"lobby","before":999,"limit":200,"ref":"r"}"#
        var refusal: JSON = [:]
        var served = 0
        for _ in 0..<20 {
            refusal = world.send(ann, page)[0]
            if refusal.type == "error" { break }
            served += 1
        }
        #expect(served == 5 || served == 6)
        #expect(refusal.code == "rate_limited" && refusal["ref"] as? String == "r")
        world.pass(.milliseconds(refusal["retry_after_ms"] as! Int64))
        #expect(world.send(ann, page)[0].type == "history")
        #expect(world.send(ann, page)[0].code == "rate_limited")
    }

    @Test func `The connections of a user have four times the allowance of one`() {
        let world = World(ChatLimits())
        let first = world.login(0, "ann")
        let session = world.heard(first)[0]["session"] as! String
        let login = #"{"type":"login","user":"ann","join":false,"session":"\#(session)"}"#
        var keys = [first]
        for slot in 1..<10 as Range<UInt32> {
            keys.append(world.open(slot))
            world.send(keys.last!, login)
        }
        let bob = world.login(20, "bob")
        world.pass(.seconds(60))
        #expect((78...82).contains(keys.map { allowance(world, $0) }.reduce(0, +)))
        // Somebody else's is untouched, and a rest gives it back.
        #expect(allowance(world, bob) == 20)
        world.pass(.seconds(4))
        #expect((78...82).contains(keys.map { allowance(world, $0) }.reduce(0, +)))
    }

    @Test func `A long text that must wait is not even read`() {
        let world = World(ChatLimits())
        let key = world.open(0)
        _ = allowance(world, key)
        let long = String(repeating: "x", count: 40_000)
        let refusal = world.send(key, #"{"type":"message","text":"\#(long)","ref":"r"}"#)[0]
        #expect(refusal.code == "rate_limited" && refusal["ref"] == nil)
        let short = world.send(key, #"{"type":"message","text":"x","ref":"r"}"#)[0]
        #expect(short.code == "rate_limited" && short["ref"] as? String == "r")
    }
}

// Resuming in a room: all missed messages, once, in order, or an honest "not recovered".

import Foundation
import Testing

@testable import ChatRooms

@Suite struct ResumeTests {
    /// A world where "ann" has sent messages 1 to `count` to the lobby.
    private func world(_ count: Int, _ limits: ChatLimits = .withoutRateLimit) -> (World, String) {
        let world = World(limits)
        let ann = world.login(0, "ann")
        for number in 0..<count {
            world.send(ann, #"{"type":"message","text":"m\#(number + 1)"}"#)
        }
        return (world, world.heard(ann)[1]["epoch"] as! String)
    }

    private func join(_ world: World, _ fields: String) -> [JSON] {
        let key = world.login(1, "bob", join: false)
        return world.send(key, #"{"type":"join","room":"lobby"\#(fields),"ref":"j"}"#)
    }

    @Test(arguments: [
        (0, 300, 1...50), (0, 40, 1...40), (299, 300, 300...300), (250, 300, 251...300),
        (249, 300, 250...299),
    ])
    func recovers(_ since: Int, _ count: Int, _ shown: ClosedRange<Int>) {
        let (world, epoch) = world(count)
        let heard = join(world, #","since":{"epoch":"\#(epoch)","offset":\#(since)}"#)
        #expect(heard[0]["recovered"] as? Bool == true)
        #expect(heard[0].offset == count)
        #expect(heard[0]["ref"] as? String == "j")
        #expect(heard[0].offsets == Array(shown))
        #expect(heard.dropFirst().map(\.type).allSatisfy { $0 == "message" })
        #expect(heard.dropFirst().map(\.offset) == Array(shown.upperBound + 1..<count + 1))
        world.send(world.connections[0]!, #"{"type":"message","text":"new"}"#)
        #expect(world.heard(world.connections[1]!).last?.offset == count + 1)
    }

    @Test func nothingMissedIsRecoveredToo() {
        let (world, epoch) = world(3)
        let heard = join(world, #","since":{"epoch":"\#(epoch)","offset":3}"#)
        #expect(heard.count == 1)
        #expect(heard[0]["recovered"] as? Bool == true && heard[0].offsets == [])
    }

    @Test(arguments: [0, 7, 200, 1000])
    func theLimitSaysHowManyComeWithTheReply(_ limit: Int) {
        let (world, epoch) = world(250)
        let heard = join(
            world, #","limit":\#(limit),"since":{"epoch":"\#(epoch)","offset":0}"#)
        #expect(heard[0].offsets == Array(1..<1 + min(limit, 200)))
        #expect(heard.dropFirst().map(\.offset) == Array(1 + min(limit, 200)..<251))
    }

    @Test(arguments: [
        #","since":{"epoch":"zzz","offset":100}"#,
        #","since":{"epoch":"not an epoch!","offset":100}"#,
        #","since":{"epoch":"E","offset":301}"#,
        #","since":{"epoch":"E","offset":9007199254740993}"#, "",
        #","since":null"#,
    ])
    func doesNotRecoverWhatItCannot(_ fields: String) {
        let (world, epoch) = world(300)
        let heard = join(world, fields.replacing("\"E\"", with: "\"\(epoch)\""))
        #expect(heard.count == 1)
        #expect(heard[0]["recovered"] as? Bool == false)
        #expect(heard[0].offsets == Array(251...300))
    }

    @Test func recoversExactlyAsFarAsHistoryGoes() {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = 10
        let (world, epoch) = world(100, limits)
        let kept = join(world, #","since":{"epoch":"\#(epoch)","offset":90}"#)
        #expect(kept[0]["recovered"] as? Bool == true && kept[0].offsets == Array(91...100))
        world.close(world.connections[1]!)
        world.pass(.seconds(60))
        let gone = join(world, #","since":{"epoch":"\#(epoch)","offset":89}"#)
        #expect(gone[0]["recovered"] as? Bool == false && gone[0].offsets == Array(91...100))
    }

    @Test func joiningAgainShowsTheRoomOnceMore() {
        let (world, epoch) = world(5)
        let ann = world.connections[0]!
        let heard = world.send(
            ann,
            #"{"type":"join","room":"Lobby","limit":2,"since":{"epoch":"\#(epoch)","offset":1}}"#)
        #expect(heard.map(\.type) == ["joined", "message", "message"])
        #expect(heard[0].offsets == [2, 3])
        #expect(heard[0]["count"] as? Int == 1)
        world.send(ann, #"{"type":"message","text":"x"}"#)
        #expect(world.heard(ann).filter { $0.offset == 6 && $0.type == "message" }.count == 1)
    }

    @Test func effectsComeInTheOrderOfTheProtocol() {
        let (world, epoch) = world(2)
        let bob = world.login(1, "bob", join: false)
        world.journal = []
        world.send(
            bob,
            #"{"type":"join","room":"lobby","limit":1,"since":{"epoch":"\#(epoch)","offset":0}}"#)
        world.send(bob, #"{"type":"leave","room":"lobby"}"#)
        #expect(
            world.journal.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "publish 0", "reply 1", "reply 1", "subscribe 1", "reply 1", "unsubscribe 1",
                "publish 0",
            ])
        #expect(world.heard(bob).last?.type == "ok")
    }

    @Test func memoryIsBoundedInBytes() {
        var limits = ChatLimits.withoutRateLimit
        limits.historyByteLimitPerRoom = 16 << 10
        limits.historyByteLimit = 64 << 10
        let world = World(limits)
        let key = world.login(0, "ann")
        let text = String(repeating: "x", count: 900)
        for round in 0..<3 {
            for room in 0..<20 {
                world.send(key, #"{"type":"join","room":"r\#(room)"}"#)
                for _ in 0..<10 {
                    world.send(key, #"{"type":"message","room":"r\#(room)","text":"\#(text)"}"#)
                    #expect(world.historyByteCount <= limits.historyByteLimit)
                }
            }
            // The last rooms kept their messages, the first lost them; none lost its numbering.
            let last = world.send(key, #"{"type":"history","room":"r19","before":999}"#)[0]
            #expect(last.offsets == Array(10 * round + 1...10 * round + 10).suffix(15) || round > 0)
            #expect(last.offsets.last == 10 * round + 10)
            let first = world.send(key, #"{"type":"history","room":"r0","before":999}"#)[0]
            #expect(first.offsets == [])
            let rejoined = world.send(key, #"{"type":"join","room":"r0"}"#)[0]
            #expect(rejoined.offset == 10 * round + 10)
        }
    }

    @Test func theColdestRoomGrowsAtTheCostOfOthers() {
        var limits = ChatLimits.withoutRateLimit
        limits.historyByteLimit = 24 << 10
        let world = World(limits)
        let key = world.login(0, "ann")
        let text = String(repeating: "x", count: 900)
        func say(_ room: String, _ count: Int) {
            world.send(key, #"{"type":"join","room":"\#(room)"}"#)
            for _ in 0..<count {
                world.send(key, #"{"type":"message","room":"\#(room)","text":"\#(text)"}"#)
            }
        }
        func kept(_ room: String) -> [Int] {
            world.send(key, #"{"type":"history","room":"\#(room)","after":0}"#)[0].offsets
        }
        say("a", 5)
        say("b", 5)
        #expect(kept("a") == Array(1...5) && kept("b") == Array(1...5))
        // Room a has been silent longest, and needs more than is free: b loses messages, not a.
        say("a", 9)
        #expect(kept("a") == Array(1...14) && kept("b") == [])
        // When it alone reaches the limit, it loses its own oldest.
        say("a", 9)
        #expect(kept("a").last == 23 && kept("a").count > 10)
        #expect(world.historyByteCount <= limits.historyByteLimit)
    }

    @Test func aMessageTooLargeToKeepIsDeliveredAllTheSame() {
        var limits = ChatLimits.withoutRateLimit
        limits.historyByteLimitPerRoom = 1 << 10
        let world = World(limits)
        let key = world.login(0, "ann")
        world.send(key, #"{"type":"message","text":"small"}"#)
        let large = String(repeating: "x", count: 2000)
        #expect(world.send(key, #"{"type":"message","text":"\#(large)"}"#).map(\.offset) == [2, 2])
        #expect(world.send(key, #"{"type":"history","room":"lobby","after":0}"#)[0].offsets == [])
        world.send(key, #"{"type":"message","text":"small"}"#)
        #expect(world.send(key, #"{"type":"history","room":"lobby","after":0}"#)[0].offsets == [3])
    }
}

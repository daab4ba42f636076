// How much one page holds: in `joined`, in `history` and over HTTP.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct PageSizeTests {
    /// A world in which "ann" has said `count` texts of `byteCount` bytes in the lobby.
    private func world(_ count: Int, of byteCount: Int) -> (World, String) {
        var limits = ChatLimits.withoutRateLimit
        limits.pageByteLimit = 4 << 10
        let world = World(limits)
        let ann = world.login(0, "ann")
        let text = String(repeating: "x", count: byteCount)
        for _ in 0..<count { world.send(ann, #"{"type":"message","text":"\#(text)"}"#) }
        return (world, world.heard(ann)[1]["epoch"] as! String)
    }

    private func byteCount(_ page: JSON) -> Int {
        (page["messages"] as! [JSON]).map { ($0["text"] as! String).utf8.count + 80 }.reduce(0, +)
    }

    @Test(arguments: [(10, 5), (300, 40), (900, 40), (4_000, 12)])
    func `Pages end at the limit of bytes, and together they are everything`(
        size: Int, count: Int
    ) {
        let (world, _) = world(count, of: size)
        let ann = world.connections[0]!
        for (direction, anchor) in [("after", 0), ("before", count + 1)] {
            var seen: [Int] = []
            var place = anchor
            while true {
                let page = world.send(
                    ann,
                    #"{"type":"history","room":"lobby","\#(direction)":\#(place),"limit":200}"#)[0]
                let overHTTP =
                    world.page(
                        "lobby",
                        direction == "after"
                            ? PageQuery(after: place, limit: 200)
                            : PageQuery(before: place, limit: 200)
                    ).0
                #expect(overHTTP.offsets == page.offsets)
                #expect(overHTTP["more"] as? Bool == page["more"] as? Bool)
                #expect(page.offsets.count == 1 || byteCount(page) <= 4 << 10)
                seen = direction == "after" ? seen + page.offsets : page.offsets + seen
                guard page["more"] as? Bool == true, !page.offsets.isEmpty else { break }
                place = direction == "after" ? page.offsets.last! : page.offsets.first!
            }
            #expect(seen == Array(1...count))
        }
        #expect(world.page("lobby").0.offsets.last == count)
    }

    @Test func `A client that knows more asks for what it has missed, page by page`() {
        let (world, epoch) = world(40, of: 300)
        let bob = world.login(1, "bob", join: false)
        let since = #""since":{"epoch":"\#(epoch)","offset":2}"#
        let replies = world.send(
            bob, #"{"type":"join","room":"lobby",\#(since),"limit":200,"more":true}"#)
        #expect(replies.count == 1)
        var seen = replies[0].offsets
        #expect(replies[0]["recovered"] as? Bool == true && replies[0]["more"] as? Bool == true)
        #expect(seen.first == 3 && seen.count < 38 && byteCount(replies[0]) <= 4 << 10)
        while seen.last! < 40 {
            let page = world.send(
                bob, #"{"type":"history","room":"lobby","after":\#(seen.last!),"limit":200}"#)[0]
            seen += page.offsets
        }
        #expect(seen == Array(3...40))
        // Nothing more, and a first visit, which has older messages.
        let again = world.send(
            bob,
            #"{"type":"join","room":"lobby","since":{"epoch":"\#(epoch)","offset":39},"more":true}"#
        )[0]
        #expect(again.offsets == [40] && again["more"] as? Bool == false)
        let first = world.send(bob, #"{"type":"join","room":"lobby","more":true}"#)[0]
        #expect(first.offsets.last == 40 && first["more"] as? Bool == true)
    }

    /// It would take a part for the whole, so it gets what it can handle.
    @Test(arguments: [(15, false), (20, true)])
    func `A client that does not know more gets all it has missed, or is not recovered`(
        offset: Int, recovered: Bool
    ) {
        let (world, epoch) = world(40, of: 600)
        let bob = world.login(1, "bob", join: false)
        let replies = world.send(
            bob,
            #"{"type":"join","room":"lobby","since":{"epoch":"\#(epoch)","offset":\#(offset)}}"#)
        #expect(replies[0]["recovered"] as? Bool == recovered && replies[0]["more"] == nil)
        let all = replies[0].offsets + replies.dropFirst().map { $0.offset! }
        #expect(recovered ? all == Array(21...40) : replies.count == 1 && all.last == 40)
        #expect(byteCount(replies[0]) <= 4 << 10)
        let some = world.send(
            bob,
            #"{"type":"join","room":"lobby","limit":1,"since":{"epoch":"\#(epoch)","offset":36}}"#)
        #expect(some[0].offsets == [37] && some.dropFirst().map(\.offset) == [38, 39, 40])
    }

    @Test func `What only reads is left out for a client that has gone`() {
        let (world, _) = world(3, of: 10)
        let bob = world.login(1, "bob", join: false)
        func send(_ text: String) -> Int {
            world.journal = []
            world.chat.received(
                Array(text.utf8).span, from: bob, isReachable: false, at: world.now,
                &world.effects)
            world.carryOut()
            return world.journal.filter { $0.hasPrefix("reply") }.count
        }
        #expect(send(#"{"type":"join","room":"lobby"}"#) == 0)
        #expect(world.subscribers.values.contains { $0.contains(bob) })
        #expect(send(#"{"type":"history","room":"lobby","after":0}"#) == 0)
        #expect(send(#"{"type":"who","room":"lobby"}"#) == 0)
        #expect(send(#"{"type":"message","text":"still said"}"#) == 1)
        #expect(world.heard(world.connections[0]!).last?["text"] as? String == "still said")
    }
}

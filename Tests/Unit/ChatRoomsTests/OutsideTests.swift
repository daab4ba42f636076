// Sending and reading messages without a connection.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct OutsideTests {
    @Test func `A message from outside is a message like any other`() {
        let world = World()
        let ann = world.login(0, "ann")
        let (reply, isNew) = world.publish("lobby", #"{"text":"h\u00e9 \"x\"","user":"cron"}"#)
        #expect(reply.type == "ok" && isNew)
        #expect(reply.offset == 1 && reply["count"] as? Int == 1)
        let push = world.heard(ann).last!
        #expect(push.type == "message" && push.offset == 1)
        #expect(push["user"] as? String == "cron" && push["text"] as? String == "hé \"x\"")
        let page = world.page("LOBBY").0
        #expect(page.offsets == [1] && page.offset == 1)
        #expect(page["epoch"] as? String == reply["epoch"] as? String)
    }

    @Test func `Without a user it is the server's, whose name cannot log in`() {
        let world = World()
        world.publish("lobby", #"{"text":"x"}"#)
        let messages = world.page("lobby").0["messages"] as? [JSON]
        #expect(messages?.first?["user"] as? String == "server")
        let key = world.open(0)
        for name in ["server", "Server", "SERVER"] {
            let reply = world.send(key, #"{"type":"login","user":"\#(name)"}"#)[0]
            #expect(reply.code == "name_taken")
        }
    }

    @Test(arguments: [
        ("lobby", "{", "bad_json"), ("lobby", "[]", "bad_request"), ("lobby", "{}", "bad_request"),
        ("lobby", #"{"text":""}"#, "bad_request"), ("lobby", #"{"text":7}"#, "bad_request"),
        ("lobby", #"{"text":"a","text":"b"}"#, "bad_request"),
        ("lobby", #"{"text":"a","id":""}"#, "bad_request"),
        ("lobby", #"{"text":"a","user":"no spaces"}"#, "bad_name"),
        ("", #"{"text":"a"}"#, "bad_name"), ("@ann,bob", #"{"text":"a"}"#, "not_found"),
        ("a/b", #"{"text":"a"}"#, "bad_name"),
    ])
    func `Invalid messages are refused and leave no room behind`(
        room: String, body: String, code: String
    ) {
        let world = World()
        let (reply, isNew) = world.publish(room, body)
        #expect(reply.type == "error" && reply.code == code && !isNew)
        #expect(world.roomCount == 0 && world.effectCount == 0)
    }

    @Test func `A text that is too long is refused`() {
        let world = World()
        let text = String(repeating: "é", count: 4001)
        #expect(world.publish("lobby", #"{"text":"\#(text)"}"#).0.code == "too_long")
        #expect(world.publish("lobby", #"{"text":"\#(text.dropLast())"}"#).0.type == "ok")
    }

    @Test func `An id makes a retry safe for the same publisher in the same room`() {
        let world = World()
        let body = #"{"text":"x","id":"a-1"}"#
        #expect(world.publish("lobby", body).0.offset == 1)
        let (again, isNew) = world.publish("lobby", body)
        #expect(again.offset == 1 && !isNew)
        #expect(world.publish("lobby", body, by: 2).0.offset == 2)
        #expect(world.publish("other", body).0.offset == 1)
        #expect(world.page("lobby").0.offsets == [1, 2])
    }

    @Test func `A room without members is kept for ten minutes after its last message`() throws {
        let world = World()
        world.publish("alerts", #"{"text":"1"}"#)
        world.pass(.seconds(590))
        world.tick()
        world.publish("alerts", #"{"text":"2"}"#)
        try world.restart(clockOffset: 77_000)
        world.pass(.seconds(590))
        world.tick()
        #expect(world.page("alerts").0.offsets == [1, 2])
        let ann = world.login(0, "ann")
        let joined = world.send(ann, #"{"type":"join","room":"alerts"}"#)[0]
        #expect(joined.offsets == [1, 2])
        world.publish("alerts", #"{"text":"3"}"#)
        world.pass(.seconds(700))
        world.tick()
        #expect(world.page("alerts").0.offset == 3)
        world.close(ann)
        world.pass(.seconds(600))
        world.tick()
        #expect(world.page("alerts").0.code == "not_found")
    }

    @Test func `Pages by both ends, and the rule of resume`() {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = 8
        let world = World(limits)
        for number in 1...10 { world.publish("lobby", #"{"text":"\#(number)"}"#) }
        let epoch = world.page("lobby").0["epoch"] as! String
        func page(_ query: PageQuery) -> [Int] { world.page("lobby", query).0.offsets }
        #expect(page(PageQuery(limit: 3)) == [8, 9, 10])
        #expect(page(PageQuery(limit: 0)) == [10])
        #expect(page(PageQuery(after: 4, limit: 2)) == [5, 6])
        #expect(page(PageQuery(before: 6, limit: 2)) == [4, 5])
        #expect(page(PageQuery(before: 100)) == Array(3...10))
        #expect(page(PageQuery(before: 0)) == [])
        for (query, offsets, recovered, isUpToDate) in [
            (PageQuery(after: 2), Array(3...10), true, false),
            (PageQuery(after: 1), Array(3...10), false, false),
            (PageQuery(after: 10), [], true, true),
            (PageQuery(after: 10, epoch: epoch), [], true, true),
            (PageQuery(after: 10, epoch: "other", limit: 2), [9, 10], false, false),
            (PageQuery(after: 11, limit: 1), [10], false, false),
        ] {
            let (page, waits) = world.page("lobby", query)
            #expect(page.offsets == offsets, "\(query)")
            #expect(page["recovered"] as? Bool == recovered, "\(query)")
            #expect(waits == isUpToDate, "\(query)")
        }
        #expect(world.page("lobby", PageQuery(after: 2, limit: 5)).0["more"] as? Bool == true)
        #expect(world.page("lobby", PageQuery(after: 2)).0["more"] as? Bool == false)
        #expect(world.page("lobby").0["recovered"] == nil)
    }

    @Test func `A forgotten room is not found under its old number either`() {
        let world = World()
        world.publish("a", #"{"text":"x"}"#)
        let room = world.rooms.first!
        #expect(world.isUpToDate(room, PageQuery(after: 1)) == true)
        world.pass(.seconds(600))
        world.tick()
        world.publish("b", #"{"text":"y"}"#)
        #expect(world.isUpToDate(room, PageQuery(after: 1)) == nil)
        let page = world.chat.page(
            of: room, PageQuery(after: 1), for: World.request, at: world.now, &world.effects)
        #expect(page?.room == nil && page?.answer.error == .notFound)
    }
}

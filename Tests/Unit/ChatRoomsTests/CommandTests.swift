// Every command: its reply, each error, each limit at its edge.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct CommandTests {
    @Test func loginNamesTheConnectionAndEntersTheLobby() {
        let world = World()
        let key = world.open(17)
        let replies = world.send(key, #"{"type":"login","user":"ephp001","ref":"r\"1"}"#)
        #expect(replies.map(\.type) == ["welcome", "joined"])
        #expect(replies[0]["user"] as? String == "ephp001")
        #expect(replies[0]["connection"] as? Int == 117)
        #expect(replies[0]["ref"] as? String == "r\"1")
        #expect((replies[0]["session"] as? String)?.count == 22)
        #expect(
            replies[0]["limits"] as? [String: Int]
                == ["text": 4000, "rooms": 64, "burst": 20, "rate": 0, "page": 200])
        #expect(
            replies[0]["timing"] as? [String: Int]
                == ["login": 15_000, "ping": 25_000, "typing": 3_000, "reservation": 60_000])
        #expect(replies[0]["version"] as? String == "1.1")
        #expect(
            replies[0]["capabilities"] as? [String] == [
                "places", "account", "edit", "delete", "react", "topic", "direct", "rooms", "mine",
                "read", "private", "search", "moderate", "sessions",
            ])
        #expect(replies[0]["account"] as? Bool == false)
        #expect(replies[1]["room"] as? String == "lobby")
        #expect(replies[1]["ref"] == nil)
        #expect(replies[1]["members"] as? [String] == ["ephp001"])
        #expect(replies[1]["count"] as? Int == 1)
        #expect(replies[1]["recovered"] as? Bool == false)
        #expect(replies[1].offset == 0)
    }

    @Test func loginWithoutJoinEntersNothing() {
        let world = World()
        let key = world.open(0)
        let replies = world.send(key, #"{"type":"login","user":"ann","join":false}"#)
        #expect(replies.map(\.type) == ["welcome"])
        #expect(world.rooms.isEmpty)
    }

    /// A command, and the code of its refusal, on a connection that has not logged in.
    @Test(arguments: [
        ("", "bad_json"), ("hello", "bad_json"), ("{\"type\":\"login\"", "bad_json"),
        ("\u{FEFF}{}", "bad_json"), (#"{"type":"login","user":"\ud800"}"#, "bad_json"),
        ("[]", "bad_request"), ("42", "bad_request"), ("null", "bad_request"),
        ("{}", "bad_request"),
        (#"{"type":1}"#, "bad_request"), (#"{"type":null}"#, "bad_request"),
        (#"{"type":"who","type":"who"}"#, "bad_request"),
        (#"{"type":"login","ref":7}"#, "bad_request"),
        (#"{"type":"nonsense"}"#, "unknown_type"), (#"{"type":""}"#, "unknown_type"),
        (#"{"type":"Login","user":"a"}"#, "unknown_type"),
        (#"{"type":"shout","to":"bob","text":"x"}"#, "unknown_type"),
        (#"{"type":"message","text":"x"}"#, "not_logged_in"), (#"{"type":"who"}"#, "not_logged_in"),
        (#"{"type":"typing"}"#, "not_logged_in"), (#"{"type":"join"}"#, "not_logged_in"),
        (#"{"type":"leave"}"#, "not_logged_in"), (#"{"type":"history"}"#, "not_logged_in"),
        (#"{"type":"login"}"#, "bad_request"), (#"{"type":"login","user":7}"#, "bad_request"),
        (#"{"type":"login","user":""}"#, "bad_name"),
        (#"{"type":"login","user":"a b"}"#, "bad_name"),
        (#"{"type":"login","user":"@a"}"#, "bad_name"),
        (#"{"type":"login","user":"_a"}"#, "bad_name"),
        (#"{"type":"login","user":"ann","join":1}"#, "bad_request"),
        (#"{"type":"login","user":"ann","session":1}"#, "bad_request"),
        (#"{"type":"login","user":"ann","token":"t"}"#, "bad_token"),
    ])
    func refusesBeforeLogin(_ text: String, _ code: String) {
        let world = World()
        let key = world.open(0)
        #expect(world.send(key, text).map(\.code) == [code])
        #expect(world.closes.isEmpty)
        // Whatever went wrong, the connection still works.
        #expect(world.send(key, #"{"type":"login","user":"ann"}"#).first?.type == "welcome")
    }

    /// The same after a login as "ann", who is in the lobby.
    @Test(arguments: [
        (#"{"type":"login","user":"bob"}"#, "already_logged_in"),
        (#"{"type":"join"}"#, "bad_request"), (#"{"type":"join","room":1}"#, "bad_request"),
        (#"{"type":"join","room":"@ann,bob"}"#, "not_found"),
        (#"{"type":"join","room":""}"#, "bad_name"),
        (#"{"type":"join","room":"x","since":1}"#, "bad_request"),
        (#"{"type":"join","room":"x","since":{}}"#, "bad_request"),
        (#"{"type":"join","room":"x","since":{"epoch":"a"}}"#, "bad_request"),
        (#"{"type":"join","room":"x","since":{"epoch":1,"offset":1}}"#, "bad_request"),
        (#"{"type":"join","room":"x","since":{"epoch":"a","offset":-1}}"#, "bad_request"),
        (#"{"type":"join","room":"x","since":{"epoch":"a","offset":1,"offset":2}}"#, "bad_request"),
        (#"{"type":"join","room":"x","limit":-1}"#, "bad_request"),
        (#"{"type":"join","room":"x","limit":1.5}"#, "bad_request"),
        (#"{"type":"leave"}"#, "bad_request"), (#"{"type":"leave","room":"x"}"#, "not_in_room"),
        (#"{"type":"message"}"#, "bad_request"), (#"{"type":"message","text":""}"#, "bad_request"),
        (#"{"type":"message","text":1}"#, "bad_request"),
        (#"{"type":"message","text":"a","id":""}"#, "bad_request"),
        (#"{"type":"message","text":"a","id":1}"#, "bad_request"),
        (#"{"type":"message","text":"a","room":7}"#, "bad_request"),
        (#"{"type":"message","text":"a","room":"x"}"#, "not_in_room"),
        (#"{"type":"message","text":"a","room":"a b"}"#, "bad_name"),
        (#"{"type":"typing"}"#, "bad_request"), (#"{"type":"typing","room":"x"}"#, "not_in_room"),
        (#"{"type":"who"}"#, "bad_request"), (#"{"type":"who","room":"x"}"#, "not_in_room"),
        (#"{"type":"history"}"#, "bad_request"),
        (#"{"type":"history","room":"lobby"}"#, "bad_request"),
        (#"{"type":"history","room":"lobby","before":1,"after":1}"#, "bad_request"),
        (#"{"type":"history","room":"lobby","before":"1"}"#, "bad_request"),
        (#"{"type":"history","room":"x","before":1}"#, "not_in_room"),
    ])
    func refusesAfterLogin(_ text: String, _ code: String) {
        let world = World()
        let key = world.login(0, "ann")
        let reply = world.send(key, text.dropLast() + #","ref":"é\u0031"}"#)
        #expect(reply.map(\.code) == [code], "\(reply)")
        #expect(reply.first?["ref"] as? String == "é1")
        #expect((reply.first?["text"] as? String)?.isEmpty == false)
        #expect(world.send(key, #"{"type":"message","text":"a"}"#).last?.offset == 1)
    }

    @Test func referencesHave64Bytes() {
        let world = World()
        let key = world.login(0, "ann")
        let fitting = String(repeating: "é", count: 32)
        #expect(
            world.send(key, #"{"type":"who","room":"lobby","ref":"\#(fitting)"}"#).first?["ref"]
                as? String == fitting)
        let tooLong = world.send(key, #"{"type":"who","room":"lobby","ref":"\#(fitting)x"}"#)
        #expect(tooLong.map(\.code) == ["bad_request"])
        #expect(tooLong.first?["ref"] == nil)
    }

    @Test func textsHave4000Scalars() {
        let world = World()
        let key = world.login(0, "ann")
        for (scalar, count) in [
            ("a", 4000), ("\u{E9}", 4000), ("😀", 4000), (#"\ud83d\ude00"#, 4000),
            (#"\""#, 4000), ("e\u{301}", 2000),
        ] {
            let text = String(repeating: scalar, count: count)
            #expect(world.send(key, #"{"type":"message","text":"\#(text)"}"#).last?.type == "ok")
            #expect(
                world.send(key, #"{"type":"message","text":"\#(text)b"}"#).map(\.code)
                    == ["too_long"])
        }
    }

    @Test func idsHave64Bytes() {
        let world = World()
        let key = world.login(0, "ann")
        let id = String(repeating: "é", count: 32)
        #expect(world.send(key, #"{"type":"message","text":"a","id":"\#(id)"}"#).last?.type == "ok")
        #expect(
            world.send(key, #"{"type":"message","text":"a","id":"\#(id)x"}"#).map(\.code)
                == ["bad_request"])
    }

    @Test func aMessageIsTakenOverInItsOneForm() {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        let text = #"A/ \"<b>\" é😀"# + "\u{2028}\u{AD}"
        let sent = #"\u0041\/ \u0022<b>\" \u00e9\ud83d\ude00\u2028"# + "\u{AD}"
        world.send(ann, #"{"id":"i\u0064","text":"\#(sent)","type":"message","x":{"text":1}}"#)
        let push = world.inbox[bob]!.last!
        #expect(
            push == #"{"type":"message","room":"lobby","offset":1,"user":"ann","text":"\#(text)","#
                + #""at":"2026-11-22T21:05:00.123Z","id":"id"}"#)
        #expect(
            world.inbox[ann]!.suffix(2) == [
                push, #"{"type":"ok","offset":1,"epoch":"2g1g00f6c7"}"#,
            ])
        let page = world.send(bob, #"{"type":"history","room":"lobby","after":0}"#)
        #expect(
            (page[0]["messages"] as? [JSON])?.first?["text"] as? String
                == "A/ \"<b>\" é😀\u{2028}\u{AD}")
    }

    @Test func aRetryIsAnsweredWithTheFirstOffset() {
        let world = World()
        let ann = world.login(0, "ann")
        let session = world.heard(ann)[0]["session"] as! String
        let bob = world.login(1, "bob")
        let message = #"{"type":"message","text":"a","id":"x\"1","ref":"1"}"#
        #expect(world.send(ann, message).map(\.type) == ["message", "ok"])
        world.send(bob, message)
        #expect(world.send(bob, message).map(\.offset) == [2])
        #expect(world.send(ann, message).map(\.offset) == [1])
        // Escaped differently it is still the same id; in another room it is another message.
        #expect(
            world.send(ann, #"{"type":"message","text":"b","id":"\u0078\u00221"}"#).map(\.offset)
                == [1])
        world.send(ann, #"{"type":"join","room":"r2"}"#)
        #expect(
            world.send(ann, #"{"type":"message","text":"b","id":"x\"1","room":"r2"}"#).last?.offset
                == 1)
        // The session is the same after a reconnect.
        world.close(ann)
        let again = world.open(2)
        world.send(again, #"{"type":"login","user":"ANN","session":"\#(session)"}"#)
        #expect(world.send(again, message).map(\.offset) == [1])
        #expect(world.heard(bob).filter { $0.type == "message" }.map(\.offset) == [1, 2])
    }

    @Test func typingIsPassedOnEveryThreeSeconds() {
        let world = World()
        let ann = world.login(0, "ann")
        let bob = world.login(1, "bob")
        let typing = #"{"type":"typing","room":"LOBBY"}"#
        for (pause, expected) in [(0, 1), (2999, 1), (1, 2), (100, 2), (3000, 3)] {
            world.pass(.milliseconds(pause))
            #expect(world.send(ann, typing).allSatisfy { $0.type == "typing" })
            #expect(world.heard(bob).filter { $0.type == "typing" }.count == expected)
        }
        // Each user has their own three seconds.
        world.send(bob, typing)
        #expect(world.heard(ann).last?["user"] as? String == "bob")
    }

    @Test func historyComesInPages() {
        let world = World()
        let key = world.login(0, "ann")
        for _ in 0..<260 {
            world.send(key, #"{"type":"message","text":"a"}"#)
        }
        for (fields, offsets, more) in [
            (#""before":261"#, 211...260, true), (#""before":51"#, 1...50, false),
            (#""before":52"#, 2...51, true), (#""after":0"#, 1...50, true),
            (#""after":210"#, 211...260, false), (#""after":209"#, 210...259, true),
            (#""after":0,"limit":1"#, 1...1, true), (#""before":999,"limit":200"#, 61...260, true),
            (#""after":10,"limit":900"#, 11...210, true),
            (#""after":null,"before":2"#, 1...1, false),
        ] {
            let page = world.send(key, #"{"type":"history","room":"lobby",\#(fields)}"#)[0]
            #expect(page.offsets == Array(offsets), "\(fields)")
            #expect(page["more"] as? Bool == more, "\(fields)")
        }
        for (fields, more) in [
            (#""before":1"#, false), (#""before":0"#, false), (#""after":260"#, false),
            (#""after":9007199254740993"#, false), (#""after":1,"limit":0"#, true),
            (#""before":1000,"limit":0"#, true),
        ] {
            let page = world.send(key, #"{"type":"history","room":"lobby",\#(fields)}"#)[0]
            #expect(page.offsets == [], "\(fields)")
            #expect(page["more"] as? Bool == more, "\(fields)")
        }
    }

    @Test func whoListsUsersNotConnections() {
        let world = World()
        let ann = world.login(0, "ann")
        let session = world.heard(ann)[0]["session"] as! String
        let second = world.open(1)
        world.send(second, #"{"type":"login","user":"ann","session":"\#(session)"}"#)
        _ = world.login(2, "bob")
        let who = world.send(ann, #"{"type":"who","room":"lobby"}"#)[0]
        #expect(who["members"] as? [String] == ["ann", "bob"])
        #expect(who["count"] as? Int == 2)
    }

    @Test func staleAndUnknownKeysAreHarmless() {
        let world = World()
        let ann = world.login(0, "ann")
        world.close(ann)
        world.chat.received([UInt8]("{}".utf8).span, from: ann, at: world.now, &world.effects)
        world.chat.connectionClosed(ann, at: world.now, &world.effects)
        world.chat.connectionClosed(
            ConnectionKey(slot: 77, generation: 0), at: world.now, &world.effects)
        #expect(world.effectCount == 0)
        let bob = world.login(0, "bob")
        world.chat.connectionClosed(ann, at: world.now, &world.effects)
        #expect(world.effectCount == 0)
        #expect(world.send(bob, #"{"type":"message","text":"a"}"#).last?.type == "ok")
    }
}

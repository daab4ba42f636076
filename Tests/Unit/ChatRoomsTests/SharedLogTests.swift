// A chat on shared logs: who waits for what, and what is answered.
import Foundation
import Storage
import Testing

@testable import ChatRooms

@Suite struct SharedLogTests {
    private let hello = #"{"type":"message","text":"hello","id":"1","ref":"a"}"#

    private func oks(_ node: LoneNode, _ key: ConnectionKey) -> [JSON] {
        node.world.heard(key).filter { $0.type == "ok" }
    }

    @Test func `A retry waits for the answer of the entry that is on its way`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.send(key, hello)
        node.send(key, hello)
        #expect(node.posts.count == 1 && oks(node, key).isEmpty)
        node.settle()
        #expect(oks(node, key).map(\.offset) == [1, 1])
        node.send(key, hello)
        #expect(node.posts.isEmpty && oks(node, key).map(\.offset) == [1, 1, 1])
    }

    @Test func `An entry is the same on another node of the same session`() {
        let nodes = [LoneNode(seed: 1), LoneNode(seed: 2)]
        let first = nodes[0].login(1, "ann")
        let session = nodes[0].world.heard(first).first!["session"] as! String
        let second = nodes[1].login(1, "ann", session: session)
        let stranger = nodes[1].login(2, "bob", session: session)
        for (node, key) in [(0, first), (1, second), (1, stranger)] { nodes[node].send(key, hello) }
        #expect(nodes[0].posts[0].key == nodes[1].posts[0].key)
        #expect(nodes[0].posts[0].key != nodes[1].posts[1].key)
        let authors = (nodes[0].posts + nodes[1].posts).map { EntryBody($0.body.span)!.author }
        #expect(authors[0] == authors[1] && authors[0] != authors[2])
        // Without an id nothing is a retry.
        nodes[0].settle()
        for node in [nodes[0], nodes[0]] { node.send(first, #"{"type":"message","text":"x"}"#) }
        #expect(nodes[0].posts[0].key != nodes[0].posts[1].key)
    }

    @Test func `An entry is published before its author hears its place`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.send(key, hello)
        let post = node.posts.removeFirst()
        let place = node.nextPlace(post.room)
        node.tell(.placed(ticket: post.ticket, place))
        #expect(oks(node, key).isEmpty)
        node.tell(.appended(post.room, node.part(place, post)))
        #expect(node.world.heard(key).suffix(2).map(\.type) == ["message", "ok"])
    }

    @Test func `Replies keep the order of the commands, whichever log answers first`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.send(key, #"{"type":"join","room":"kitchen"}"#)
        node.live("kitchen")
        node.send(key, hello)
        node.send(key, #"{"type":"message","room":"kitchen","text":"there","ref":"b"}"#)
        node.send(key, #"{"type":"leave","room":"kitchen","ref":"c"}"#)
        node.posts.swapAt(0, 1)
        let (post, place) = node.append()
        node.tell(.placed(ticket: post.ticket, place))
        #expect(oks(node, key).isEmpty)
        node.settle()
        #expect(oks(node, key).map { $0["ref"] as? String } == ["a", "b", "c"])
    }

    @Test(arguments: [true, false])
    func `What does not come, or late, is answered, and may be said again`(_ isLate: Bool) {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.send(key, hello)
        let post = node.posts.removeFirst()
        node.tell(isLate ? .delayed(ticket: post.ticket) : .refused(ticket: post.ticket))
        let refusal = node.world.heard(key).last!
        #expect(refusal.code == "unavailable" && refusal["ref"] as? String == "a")
        node.send(key, hello)
        #expect(node.posts.first?.key == post.key && node.posts.first?.ticket != post.ticket)
        // What comes of the first one is nothing to anybody.
        node.tell(.placed(ticket: post.ticket, Place(offset: 9, epoch: 9)))
        node.settle()
        #expect(oks(node, key).map(\.offset) == [1])
    }

    @Test func `Joins wait until the log is live, or is known to be away`() {
        let node = LoneNode(isLive: false)
        let key = node.login(1, "ann")
        #expect(node.world.heard(key).map(\.type) == ["welcome"])
        node.tell(.away(node.rooms["lobby"]!))
        #expect(node.world.heard(key).last?.code == "unavailable")
        node.world.tick()
        node.take()
        node.live("lobby")
        #expect(node.send(key, #"{"type":"join","room":"lobby"}"#).first?.type == "joined")
        node.say(key, #""text":"hello""#)
        node.tell(.syncing(node.rooms["lobby"]!))
        let other = node.login(2, "bob")
        #expect(node.world.heard(other).count == 1)
        node.tell(.away(node.rooms["lobby"]!))
        #expect(node.world.heard(other).last?.offsets == [1])
    }

    @Test func `Everybody hears that a log is another one, and targets of before do not count`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        let reader = node.login(2, "bob")
        for number in 1...3 { node.say(key, #""text":"hello \#(number)","id":"\#(number)""#) }
        node.send(key, #"{"type":"edit","offset":2,"text":"mine"}"#)
        let edit = node.posts.removeFirst()
        let room = edit.room
        // Somebody else's message is at the same offset in the log that it is now.
        var part = LogPart()
        for (number, author) in [(1, "ann"), (2, "eve")] {
            let body = EntryBody(
                kind: .message, target: nil, author: Int64(number), at: 0, user: author)
            let text = Array("new \(number)".utf8)
            let bytes = body.bytes(id: Span(), text: text.span)
            part.append(
                Place(offset: number, epoch: number == 1 ? node.epoch : 5), nil, bytes.span)
        }
        node.tell(.reset(room, part))
        for key in [key, reader] {
            let joined = node.world.heard(key).last!
            #expect(joined.type == "joined" && joined["ref"] == nil)
            #expect(joined["recovered"] as? Bool == false && joined.offsets == [1, 2])
            #expect(Set(joined["members"] as! [String]) == ["ann", "bob"])
        }
        #expect(node.world.journal.contains { $0.hasPrefix("reset") })
        node.tell(.appended(room, node.part(Place(offset: 3, epoch: 5), edit)))
        node.tell(.placed(ticket: edit.ticket, Place(offset: 3, epoch: 5)))
        let edited = node.world.heard(reader).last!
        #expect(edited["target"] as? Int == 2)
        #expect(edited["target_epoch"] as? String == Epoch(number: node.epoch).text)
        let page = node.send(reader, #"{"type":"history","room":"lobby","before":3}"#).first!
        let texts = (page["messages"] as! [JSON]).map { $0["text"] as? String }
        #expect(texts == ["new 1", "new 2"])
        // A client that was cut off meanwhile has a place that is gone, or still there.
        for (epoch, offset, recovered) in [(node.epoch, 3, false), (node.epoch, 1, true)] {
            let since = #"{"epoch":"\#(Epoch(number: epoch).text)","offset":\#(offset)}"#
            let joined = node.send(
                reader, #"{"type":"join","room":"lobby","since":\#(since)}"#
            ).first
            #expect(joined?["recovered"] as? Bool == recovered)
        }
    }

    @Test func `An entry that cannot be read keeps its place`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        var part = LogPart()
        let unknown: [UInt8] = [9, 1, 2, 3]
        part.append(node.nextPlace(node.rooms["lobby"]!), nil, unknown.span)
        node.tell(.appended(node.rooms["lobby"]!, part))
        #expect(node.world.heard(key).last?["user"] as? String == "server")
        node.say(key, #""text":"hello""#)
        #expect(oks(node, key).last?.offset == 2)
    }

    @Test func `A gap is never shown: the log is followed anew`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.say(key, #""text":"hello""#)
        let room = node.rooms["lobby"]!
        node.rooms = [:]
        let post = LogPost(ticket: 0, room: room, key: EntryKey(bits: 1), body: [1])
        node.tell(.appended(room, node.part(Place(offset: 3, epoch: node.epoch), post)))
        #expect(node.rooms["lobby"] == room && node.world.heard(key).last?.type == "ok")
    }

    @Test func `A request from outside is answered with the place, and once`() {
        let node = LoneNode()
        let body = Array(#"{"text":"hello","id":"1"}"#.utf8)
        var keys: [RequestKey] = []
        for number in 1...2 as ClosedRange<UInt32> {
            let key = RequestKey(slot: 1 << 20 + number, generation: 0)
            keys.append(key)
            let answer = node.world.chat.publish(
                body.span, toRoom: "lobby", by: 3, for: key, at: node.world.now,
                &node.world.effects)
            #expect(answer == nil)
        }
        node.world.carryOut()
        node.take()
        node.settle()
        let answers = keys.map { key -> (Bool, Int?) in
            guard case .published(let answer) = node.world.answers[key.slot] else {
                return (false, 0)
            }
            return (answer.isNew, parse(String(decoding: answer.json, as: UTF8.self)).offset)
        }
        #expect(answers.map(\.0) == [true, false] && answers.map(\.1) == [1, 1])
    }

    @Test func `A chat that is handed over follows its logs from where it was`() throws {
        let node = LoneNode()
        let key = node.login(1, "ann")
        node.say(key, #""text":"hello""#)
        let isAtRest = node.world.chat.isAtRest()
        #expect(isAtRest)
        let last = node.last
        node.world.chat = try Chat(
            restoring: node.world.chat.save(at: node.world.now), limits: .withoutRateLimit,
            at: node.world.now)
        node.presence = [:]
        node.take()
        let room = node.rooms["lobby"]!
        #expect(node.presence[room]?.names == ["ann"])
        // What was said meanwhile comes, and nothing twice.
        var part = LogPart()
        let body = EntryBody(kind: .message, target: nil, author: 9, at: 0, user: "eve")
        for number in 1...2 {
            let bytes = body.bytes(id: Span(), text: Array("\(number)".utf8).span)
            part.append(Place(offset: number, epoch: node.epoch), nil, bytes.span)
        }
        #expect(last[room]?.offset == 1)
        node.live("lobby", part)
        let heard = node.world.heard(key).filter { $0.type == "message" }
        #expect(heard.map(\.offset) == [1, 2])
    }

    @Test(arguments: [
        #""account","password":"correct horse""#, #""direct","to":"ann","text":"hello""#,
        #""create","room":"backstage""#, #""invite","room":"lobby","user":"ann""#,
        #""uninvite","room":"lobby","user":"ann""#,
    ])
    func `What only one node would know is refused`(_ command: String) {
        let node = LoneNode()
        let key = node.login(1, "ann")
        let type = command.split(separator: "\"").first.map(String.init)!
        #expect(node.send(key, #"{"type":\#(command)}"#).first?.code == "forbidden")
        let capabilities = node.world.heard(key).first!["capabilities"] as! [String]
        #expect(!capabilities.contains(type) && !capabilities.contains("private"))
        #expect(capabilities.contains("places"))
    }
}

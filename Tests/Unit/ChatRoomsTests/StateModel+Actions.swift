// The actions of the random users, each with the replies that it must bring.
import Foundation
import Testing

@testable import ChatRooms

extension StateModel {
    func connect() {
        guard
            let slot = (0..<8 as Range<UInt32>).filter({ world.connections[$0] == nil })
                .randomElement(using: &random)
        else { return }
        let person = Int.random(in: 0..<people.count, using: &random)
        let key = world.open(slot)
        clients[key] = Client(person: person)
        let name = people[person].name
        let session = people[person].session ?? "none"
        let reply = world.send(
            key, #"{"type":"login","user":"\#(name)","session":"\#(session)","join":false}"#)[0]
        clients[key]!.readCount = 1
        // No other user has these names: only a forgotten session is refused, within its minute.
        #expect(reply.type == "welcome")
        people[person].session = reply["session"] as? String
        clients[key]!.isLoggedIn = true
    }

    /// Ends a session. Its connections get nothing more, and close some time later.
    func logout() {
        guard let key = anybody() else { return }
        let person = clients[key]!.person
        #expect(world.send(key, #"{"type":"logout"}"#).map(\.type) == ["ok"])
        let others = clients.keys.filter { clients[$0]!.person == person }
        for other in others.sorted(by: { $0.slot < $1.slot }) {
            #expect(world.closes[other]?.code == (other == key ? 1000 : 4005))
            keepPlaces(of: other)
            clients[other] = nil
            ending.append((other, world.inbox[other]!.count))
            endedCount += 1
        }
        // A message of another session is another message, even with the same id.
        people[person].session = nil
        people[person].sentIDs = []
    }

    func disconnect() {
        if let (key, readCount) = ending.popLast() {
            #expect(world.inbox[key]!.count == readCount)
            world.close(key)
            return
        }
        guard let key = anybody() else { return }
        keepPlaces(of: key)
        clients[key] = nil
        world.close(key)
    }

    func keepPlaces(of key: ConnectionKey) {
        let client = clients[key]!
        for (room, place) in client.rooms {
            people[client.person].places[room] = (place.epoch, place.offset)
        }
    }

    func join() {
        guard let key = anybody() else { return }
        let room = roomNames.randomElement(using: &random)!
        var fields = #""room":"\#(Bool.random(using: &random) ? room : room.uppercased())""#
        var since: (epoch: String, offset: Int)?
        let place =
            clients[key]!.rooms[room].map { ($0.epoch, $0.offset) }
            ?? people[clients[key]!.person].places[room]
        if let place, Int.random(in: 0..<4, using: &random) > 0 {
            since = place
            fields += #","since":{"epoch":"\#(place.0)","offset":\#(place.1)}"#
        }
        let limit = [0, 3, 50].randomElement(using: &random)!
        let before = world.inbox[key]!.count
        let replies = world.send(key, #"{"type":"join",\#(fields),"limit":\#(limit)}"#)
        #expect(before == clients[key]!.readCount)
        clients[key]!.readCount += 1
        guard let joined = replies.first, joined.type == "joined" else {
            Issue.record("\(replies)")
            return
        }
        checkJoined(key, room, joined, since, limit)
    }

    func checkJoined(
        _ key: ConnectionKey, _ room: String, _ joined: JSON,
        _ since: (epoch: String, offset: Int)?, _ limit: Int
    ) {
        let epoch = joined["epoch"] as! String
        if let expected = epochs[room] {
            #expect(expected == epoch)
        } else {
            #expect(said[epoch] == nil && joined.offset == 0)
            epochs[room] = epoch
            said[epoch] = []
        }
        let last = said[epoch]!.count
        let first = max(0, last - Self.messageLimit) + 1
        #expect(joined.offset == last)
        let mayRecover = since.map { $0.epoch == epoch && $0.offset >= first - 1 } ?? false
        #expect(joined["recovered"] as? Bool == mayRecover)
        let shown =
            mayRecover
            ? Array((since!.offset + 1..<last + 1).prefix(limit))
            : Array((first..<last + 1).suffix(limit))
        #expect(joined.offsets == shown)
        for message in joined["messages"] as! [JSON] {
            check(message, room, epoch)
        }
        recoveredCount += mayRecover && shown.count > 0 ? 1 : 0
        let place = mayRecover ? since!.offset + shown.count : last
        let members = Set(joined["members"] as! [String])
        clients[key]!.rooms[room] = (epoch, place, members)
        #expect(members == membersNow(of: room))
        #expect(joined["count"] as? Int == members.count)
    }

    func leave() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let replies = world.send(key, #"{"type":"leave","room":"\#(room)"}"#)
        #expect(replies.map(\.type) == ["ok"])
        clients[key]!.readCount += 1
        keepPlaces(of: key)
        clients[key]!.rooms[room] = nil
    }

    func say() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        textNumber += 1
        let id = Bool.random(using: &random) ? "id-\(textNumber)" : nil
        let text = "text \(textNumber)" + ["", " é", " 😀"].randomElement(using: &random)!
        let idField = id.map { #","id":"\#($0)""# } ?? ""
        let epoch = epochs[room]!
        let offset = said[epoch]!.count + 1
        let person = clients[key]!.person
        said[epoch]!.append(Said(user: people[person].name, text: text, id: id))
        let replies = world.send(
            key, #"{"type":"message","room":"\#(room)","text":"\#(text)"\#(idField)}"#)
        #expect(replies.map(\.type) == ["message", "ok"])
        #expect(replies.last?.offset == offset)
        if let id {
            people[person].sentIDs.append((room, id, offset, epoch))
        }
    }

    func retry() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let epoch = epochs[room]!
        let kept = said[epoch]!.count - Self.messageLimit + 1
        let candidates = people[clients[key]!.person].sentIDs.filter {
            $0.room == room && $0.epoch == epoch && $0.offset >= kept
        }
        guard let sent = candidates.randomElement(using: &random) else { return }
        let replies = world.send(
            key, #"{"type":"message","room":"\#(room)","text":"again","id":"\#(sent.id)"}"#)
        #expect(replies.map(\.offset) == [sent.offset])
    }

    /// Sends a message from outside, perhaps to a room that does not exist.
    func publish() {
        let room = roomNames.randomElement(using: &random)!
        textNumber += 1
        check(
            world.publish(room, #"{"text":"text \#(textNumber)","user":"cron"}"#), "cron", room)
    }

    /// Sends a message by the room's hook, or adds or deletes that.
    func postByHook() {
        let room = roomNames.randomElement(using: &random)!
        guard let token = hookTokens[room] else {
            hookTokens[room] = try? world.addHook(room, "hook").token
            #expect(hookTokens[room] != nil)
            return
        }
        textNumber += 1
        let answer = world.post(token, #"{"text":"text \#(textNumber)","user":"cron"}"#)
        check(answer!, "hook", room)
        guard Int.random(in: 0..<4, using: &random) == 0 else { return }
        world.deleteHook(world.hooks.first { $0.room == room }!.number)
        #expect(world.post(token, "{}") == nil)
        hookTokens[room] = nil
    }

    /// A message from outside, the last one, was stored and is there to be read.
    private func check(_ answer: (JSON, Bool), _ user: String, _ room: String) {
        let (reply, isNew) = answer
        let epoch = reply["epoch"] as! String
        if epochs[room] == nil {
            #expect(said[epoch] == nil)
            epochs[room] = epoch
            said[epoch] = []
        }
        #expect(epochs[room] == epoch && isNew)
        said[epoch]!.append(Said(user: user, text: "text \(textNumber)", id: nil))
        #expect(reply.offset == said[epoch]!.count)
        #expect(reply["count"] as? Int == membersNow(of: room).count)
        let (page, isUpToDate) = world.page(room, PageQuery(after: reply.offset! - 1))
        #expect(page.offsets == [reply.offset!] && !isUpToDate)
    }

    func type() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        world.send(key, #"{"type":"typing","room":"\#(room)"}"#)
    }

    func who() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let who = world.send(key, #"{"type":"who","room":"\#(room)"}"#)[0]
        #expect(Set(who["members"] as! [String]) == membersNow(of: room))
        #expect(who["count"] as? Int == membersNow(of: room).count)
    }

    func history() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let epoch = epochs[room]!
        let last = said[epoch]!.count
        let first = max(0, last - Self.messageLimit) + 1
        let anchor = Int.random(in: 0...last + 2, using: &random)
        let limit = Int.random(in: 1...10, using: &random)
        let isBefore = Bool.random(using: &random)
        let all = (first..<last + 1).filter { isBefore ? $0 < anchor : $0 > anchor }
        let expected = isBefore ? Array(all.suffix(limit)) : Array(all.prefix(limit))
        let page = world.send(
            key,
            #"{"type":"history","room":"\#(room)","\#(isBefore ? "before" : "after")":\#(anchor),"limit":\#(limit)}"#
        )[0]
        #expect(page.offsets == expected)
        #expect(page["more"] as? Bool == (all.count > limit))
        for message in page["messages"] as! [JSON] {
            check(message, room, epoch)
        }
    }
}

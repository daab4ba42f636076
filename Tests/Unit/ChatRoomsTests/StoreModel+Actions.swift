// What the people of the store's model do, and how they read what they get.
import Foundation
import Testing

@testable import ChatRooms

extension StoreModel {
    func anybody() -> ConnectionKey? {
        clients.keys.filter { clients[$0]!.isLoggedIn }.sorted { $0.slot < $1.slot }
            .randomElement(using: &random)
    }

    func command(
        _ key: ConnectionKey, _ kind: String, _ room: String, _ fields: String,
        since: Place? = nil
    ) {
        commandNumber += 1
        let ref = "\(commandNumber)"
        clients[key]!.due.append(
            Due(ref: ref, kind: kind, room: NameKey(room).folded, since: since))
        world.send(key, #"{"type":"\#(kind)","ref":"\#(ref)",\#(fields)}"#)
    }

    func connect() {
        guard
            let slot = (0..<6 as Range<UInt32>).filter({ world.connections[$0] == nil })
                .randomElement(using: &random)
        else { return }
        let person = Int.random(in: 0..<people.count, using: &random)
        let key = world.open(slot)
        clients[key] = Client(person: person)
        let session = people[person].session.map { #","session":"\#($0)""# } ?? ""
        let name = people[person].name
        let joins = Bool.random(using: &random)
        command(key, "login", "lobby", #""user":"\#(name)","join":\#(joins)\#(session)"#)
    }

    func disconnect() {
        guard let key = clients.keys.sorted(by: { $0.slot < $1.slot }).randomElement(using: &random)
        else { return }
        keepPlaces(of: key)
        clients[key] = nil
        world.close(key)
    }

    func keepPlaces(of key: ConnectionKey) {
        for (room, place) in clients[key]!.rooms {
            people[clients[key]!.person].places[room] = place
        }
    }

    func join() {
        guard let key = anybody() else { return }
        let name = roomNames.randomElement(using: &random)!
        let room = NameKey(name).folded
        guard clients[key]!.rooms[room] == nil else { return }
        var fields = #""room":"\#(name)","limit":\#([0, 3, 50].randomElement(using: &random)!)"#
        let since = people[clients[key]!.person].places[room]
        if let place = since {
            fields += #","since":{"epoch":"\#(place.epoch)","offset":\#(place.offset)}"#
        }
        if Bool.random(using: &random) { fields += #","more":true"# }
        command(key, "join", name, fields, since: since)
    }

    func leave() {
        guard let key = anybody(),
            let room = clients[key]!.rooms.keys.sorted().randomElement(using: &random)
        else { return }
        command(key, "leave", room, #""room":"\#(room)""#)
    }

    func say() {
        guard let key = anybody(),
            let room = clients[key]!.rooms.keys.sorted().randomElement(using: &random)
        else { return }
        let person = clients[key]!.person
        // What is not acknowledged is sent again, with its id, before anything new.
        if let again = people[person].unacknowledged.first(where: { $0.room == room }),
            Bool.random(using: &random)
        {
            return say(again.room, again.id, again.text, key)
        }
        textNumber += 1
        let text =
            "text \(textNumber)" + ["", " é", String(repeating: " long", count: 50)]
            .randomElement(using: &random)!
        people[person].unacknowledged.append((room, "id-\(textNumber)", text))
        say(room, "id-\(textNumber)", text, key)
    }

    private func say(_ room: String, _ id: String, _ text: String, _ key: ConnectionKey) {
        command(key, "message", room, #""room":"\#(room)","text":"\#(text)","id":"\#(id)""#)
    }

    func history() {
        guard let key = anybody(),
            let (room, place) = clients[key]!.rooms.sorted(by: { $0.key < $1.key })
                .randomElement(using: &random)
        else { return }
        let anchor = Int.random(in: 0...place.offset + 1, using: &random)
        let direction = Bool.random(using: &random) ? "before" : "after"
        let limit = Int.random(in: 1...30, using: &random)
        command(
            key, "history", room,
            #""room":"\#(room)","\#(direction)":\#(anchor),"limit":\#(limit)"#)
    }

    func search() {
        guard let key = anybody() else { return }
        let limit = Int.random(in: 1...50, using: &random)
        let number = Int.random(in: 1...max(1, textNumber), using: &random)
        let text = Bool.random(using: &random) ? "text" : "\(number)"
        command(key, "search", "", "\"text\":\"\(text)\",\"limit\":\(limit)")
    }

    /// What is found was kept, in a room that the connection is in.
    private func readFound(_ found: JSON, by key: ConnectionKey) {
        for message in found["messages"] as! [JSON] {
            foundCount += 1
            let room = NameKey(message["room"] as! String).folded
            #expect(clients[key]!.rooms[room] != nil, "\(message)")
            let kept = store.rooms.values.first { $0.room.key == room }
            let entry = kept?.entries.first { $0.entry.place.offset == message.offset }
            let text = entry.map { String(decoding: $0.text, as: UTF8.self) }
            #expect(
                text == message["text"] as? String || store.entryLimit < .max, "\(message)")
        }
    }

    // MARK: Reading

    func readAll() {
        for key in clients.keys { read(key) }
    }

    func read(_ key: ConnectionKey) {
        for text in world.inbox[key]![clients[key]!.readCount...] { read(parse(text), by: key) }
        clients[key]!.readCount = world.inbox[key]!.count
    }

    private func read(_ message: JSON, by key: ConnectionKey) {
        let room = NameKey(message["room"] as? String ?? "").folded
        var kind = ""
        var dueRoom = room
        var since: Place?
        if let ref = message["ref"] as? String {
            guard let due = clients[key]!.due.first else {
                Issue.record("nothing is due: \(message)")
                return
            }
            #expect(due.ref == ref, "replies come in the order of the commands")
            clients[key]!.due.removeFirst()
            kind = due.kind
            dueRoom = due.room
            since = due.since
        }
        switch message.type {
        case "welcome":
            clients[key]!.isLoggedIn = true
            people[clients[key]!.person].session = message["session"] as? String
        case "joined": readJoined(message, room, since, by: key)
        case "message": readPush(message, room, by: key)
        case "history": _ = readMessages(message, room)
        case "found": readFound(message, by: key)
        case "ok":
            if kind == "message" { readAcknowledgement(message, dueRoom, by: key) }
            if kind == "leave" {
                people[clients[key]!.person].places[dueRoom] = clients[key]!.rooms[dueRoom]
                clients[key]!.rooms[dueRoom] = nil
            }
        case "error":
            refusedCount += 1
            #expect(
                ["unavailable", "name_taken", "not_in_room"].contains(message.code), "\(message)")
        case "presence": break
        default: Issue.record("\(message)")
        }
    }

    private func readJoined(
        _ joined: JSON, _ room: String, _ since: Place?, by key: ConnectionKey
    ) {
        let messages = readMessages(joined, room)
        let recovered = joined["recovered"] as! Bool
        let newest = Place(offset: joined.offset!, epoch: joined["epoch"] as! String)
        if recovered, let since {
            recoveredCount += 1
            #expect(messages.first?.offset ?? since.offset + 1 == since.offset + 1)
            let last = messages.last ?? since
            clients[key]!.rooms[room] = last
            guard joined["more"] as? Bool == true, last.offset < newest.offset else { return }
            // A real client asks for the rest; this one goes on from the newest as if it had.
            clients[key]!.rooms[room] = newest
        } else {
            #expect(!recovered)
            clients[key]!.rooms[room] = newest
            if let last = messages.last { #expect(last == newest) }
        }
    }

    /// Notes what stands at which place. Returns the places, in order and without gaps.
    private func readMessages(_ page: JSON, _ room: String) -> [Place] {
        let messages = page["messages"] as! [JSON]
        var epoch = (page["first_epoch"] ?? page["epoch"]) as! String
        var places: [Place] = []
        for message in messages {
            if let another = message["epoch"] as? String, !places.isEmpty || another != epoch {
                #expect(another != epoch)
                epoch = another
            }
            let place = Place(offset: message.offset!, epoch: epoch)
            if let last = places.last { #expect(place.offset == last.offset + 1) }
            note(message["text"] as! String, Named(room: room, place: place))
            places.append(place)
        }
        if let last = places.last, last.offset == page.offset {
            #expect(last.epoch == page["epoch"] as? String)
        }
        return places
    }

    private func readPush(_ push: JSON, _ room: String, by key: ConnectionKey) {
        guard let last = clients[key]!.rooms[room] else {
            Issue.record("a push of a room that it is not in: \(push)")
            return
        }
        let place = Place(offset: push.offset!, epoch: push["epoch"] as? String ?? last.epoch)
        #expect(place.offset == last.offset + 1, "\(push) behind \(last)")
        note(push["text"] as! String, Named(room: room, place: place))
        clients[key]!.rooms[room] = place
    }

    private func note(_ text: String, _ named: Named) {
        let before = seen.updateValue(text, forKey: named)
        #expect(before == nil || before == text, "\(named) names two messages")
    }

    private func readAcknowledgement(_ reply: JSON, _ room: String, by key: ConnectionKey) {
        let place = Place(offset: reply.offset!, epoch: reply["epoch"] as! String)
        let person = clients[key]!.person
        let entry = store.rooms.values.first { $0.room.key == room }?.entries.first {
            $0.entry.place.offset == place.offset
        }
        // It was kept before it was acknowledged.
        guard let entry else {
            #expect(store.entryLimit < .max, "acknowledged and not kept: \(reply)")
            return
        }
        let id = String(decoding: entry.id, as: UTF8.self)
        acknowledged[Named(room: room, place: place)] =
            String(decoding: entry.text, as: UTF8.self)
        people[person].unacknowledged.removeAll { $0.id == id }
    }
}

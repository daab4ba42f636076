// How the people of the model read what they get, and what must be true of it.
import Foundation
import Testing

@testable import ChatRooms

extension SharedModel {
    func readAll() {
        for node in nodes {
            for key in node.clients.keys.sorted(by: { $0.slot < $1.slot }) { read(node, key) }
        }
    }

    func read(_ node: SharedNode, _ key: ConnectionKey) {
        let inbox = node.world.inbox[key]!
        for text in inbox[node.clients[key]!.readCount...] { read(text, by: key, node) }
        node.clients[key]!.readCount = inbox.count
    }

    private func read(_ text: String, by key: ConnectionKey, _ node: SharedNode) {
        let message = parse(text)
        let room = NameKey(message["room"] as? String ?? "").folded
        var due = Due(ref: "", kind: "", room: room)
        if let ref = message["ref"] as? String {
            guard let first = node.clients[key]!.due.first, first.ref == ref else {
                return check(false, "replies out of order: \(text)")
            }
            due = first
            node.clients[key]!.due.removeFirst()
        }
        let person = node.clients[key]!.person
        switch message.type {
        case "welcome":
            node.clients[key]!.isLoggedIn = true
            people[person].session = message["session"] as? String
        case "joined": readJoined(message, due, by: key, node)
        case "message", "edited", "deleted", "reaction", "topic":
            readPush(message, text, by: key, node)
        case "who":
            node.clients[key]!.views[room]?.members = members(message)
        case "ok" where ["message", "edit", "delete", "react", "topic"].contains(due.kind):
            readAcknowledgement(message, due, by: key, node)
        case "ok" where due.kind == "leave":
            people[person].places[due.room] = node.clients[key]!.views[due.room]?.place
            node.clients[key]!.views[due.room] = nil
        case "error":
            count(message.code!)
            let expected = [
                "unavailable", "not_found", "not_in_room", "name_taken", "forbidden",
                // What it answers is not there any more.
                "bad_request",
            ]
            check(expected.contains(message.code!), text)
        case "presence": readPresence(message, by: key, node)
        default: check(false, text)
        }
    }

    private func members(_ message: JSON) -> Set<String> {
        Set((message["members"] as? [String] ?? []).map { NameKey($0).folded })
    }

    private func readPresence(_ push: JSON, by key: ConnectionKey, _ node: SharedNode) {
        let room = NameKey(push["room"] as! String).folded
        guard node.clients[key]!.views[room] != nil else {
            return check(false, "presence in a room that it is not in: \(push)")
        }
        guard let user = push["user"] as? String else { return count("counts") }
        let name = NameKey(user).folded
        count("presence")
        if push["event"] as? String == "join" {
            node.clients[key]!.views[room]!.members.insert(name)
        } else {
            node.clients[key]!.views[room]!.members.remove(name)
        }
        guard limits.presenceMemberLimit == 200 else { return }
        let members = node.clients[key]!.views[room]!.members
        check(members.count == push["count"] as? Int, "\(push), but \(members)")
    }

    private func place(_ message: JSON, _ epoch: String) -> Place {
        Place(message.offset!, Epoch([UInt8]((message["epoch"] as? String ?? epoch).utf8))!.number)
    }

    private func readJoined(
        _ joined: JSON, _ due: Due, by key: ConnectionKey, _ node: SharedNode
    ) {
        let room = NameKey(joined["room"] as! String).folded
        let recovered = joined["recovered"] as! Bool
        if due.ref.isEmpty {
            let isExpected = node.clients[key]!.entersLobby && room == "lobby"
            let isFirst = isExpected && node.clients[key]!.views[room] == nil
            check(isFirst || node.clients[key]!.views[room] != nil, "an unasked \(joined)")
            if !isFirst { count("reset") }
        }
        var view = View(place: place(joined, ""))
        view.missedUntil = view.place.offset
        places.insert(Named(room: room, place: view.place))
        view.members = members(joined)
        var last: Place?
        if recovered, let since = due.since {
            count("recovered")
            last = since
            // It has what it had before.
            view.place = since
        }
        check(recovered == false || due.since != nil, "\(joined)")
        var epoch = (joined["first_epoch"] ?? joined["epoch"]) as! String
        for message in joined["messages"] as! [JSON] {
            epoch = message["epoch"] as? String ?? epoch
            let place = place(message, epoch)
            if let last { checkOrder(place, behind: last, room) }
            last = place
            note(message, place, room, &view)
            places.insert(Named(room: room, place: place))
        }
        // A client that asks for no more gets what is beyond `limit` as pushes.
        if recovered {
            view.place = last!
        } else if let last {
            check(last == view.place, "the last message is not the newest: \(joined)")
        }
        node.clients[key]!.views[room] = view
    }

    private func readPush(
        _ push: JSON, _ text: String, by key: ConnectionKey, _ node: SharedNode
    ) {
        let room = NameKey(push["room"] as! String).folded
        guard var view = node.clients[key]!.views[room] else {
            return check(false, "a push of a room that it is not in: \(text)")
        }
        let place = place(push, Epoch(number: view.place.epoch).text)
        checkOrder(place, behind: view.place, room)
        let named = Named(room: room, place: place)
        places.insert(named)
        // What was missed comes as it is now, and not as it was pushed.
        if place.offset > view.missedUntil {
            let before = frames.updateValue(text, forKey: named)
            check(before == nil || before == text, "\(named): \(text), and \(before ?? "")")
        }
        note(push, place, room, &view)
        view.place = place
        node.clients[key]!.views[room] = view
    }

    private func checkOrder(_ place: Place, behind last: Place, _ room: String) {
        let before = previous[Named(room: room, place: place)]
        check(
            before == last,
            "\(place) in \(room) is behind \(last), not \(String(describing: before))")
    }

    /// Each message is there once in a view, under the same place everywhere.
    private func note(_ message: JSON, _ place: Place, _ room: String, _ view: inout View) {
        guard message.type == "message" else { return }
        let user = message["user"] as! String
        view.messages[place.offset] = user
        if message["edited"] != nil {
            let text = message["text"] as? String ?? ""
            check(text.hasPrefix(user + " edits"), "edited by somebody else: \(message)")
        }
        guard let id = message["id"] as? String else { return }
        check(view.ids.insert("\(user) \(id)").inserted, "twice in one view: \(message)")
        let named = Named(room: room, place: place)
        let before = ids.updateValue(id, forKey: named)
        check(before == nil || before == id, "\(named) is \(before ?? "") and \(id)")
    }

    private func readAcknowledgement(
        _ reply: JSON, _ due: Due, by key: ConnectionKey, _ node: SharedNode
    ) {
        count("acknowledged")
        let place = place(reply, "")
        let named = Named(room: due.room, place: place)
        check(previous[named] != nil || due.kind == "react", "acknowledged at no place: \(reply)")
        if let view = node.clients[key]!.views[due.room] {
            // The log may have been replaced since.
            let isSeen = view.place.offset >= place.offset || places.contains(named)
            check(isSeen, "acknowledged before it was there: \(reply)")
        }
        guard !due.id.isEmpty else { return }
        acknowledged[named] = due.id
        let person = node.clients[key]!.person
        people[person].unacknowledged.removeAll {
            $0.id.replacing("\\n", with: "\n") == due.id
        }
    }
}

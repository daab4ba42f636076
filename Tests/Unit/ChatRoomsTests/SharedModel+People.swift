// What the people of the model do.
import Testing

@testable import ChatRooms

extension SharedModel {
    /// The session of the only one who has an account.
    static let annsToken = SessionToken(bits: 0x1234_5678_9ABC_DEF0)

    func command(
        _ node: SharedNode, _ key: ConnectionKey, _ kind: String, _ room: String,
        _ fields: String, id: String = "", since: Place? = nil
    ) {
        commandNumber += 1
        let ref = "\(commandNumber)"
        node.clients[key]!.due.append(
            Due(ref: ref, kind: kind, room: NameKey(room).folded, id: id, since: since))
        node.world.send(key, #"{"type":"\#(kind)","ref":"\#(ref)",\#(fields)}"#)
    }

    private func anybody() -> (SharedNode, ConnectionKey)? {
        let node = randomNode()
        let ready = node.clients.keys.filter { node.clients[$0]!.isLoggedIn }
        return ready.sorted { $0.slot < $1.slot }.randomElement(using: &random).map { (node, $0) }
    }

    private func anybodyInARoom() -> (SharedNode, ConnectionKey, String)? {
        guard let (node, key) = anybody(),
            let room = node.clients[key]!.views.keys.sorted().randomElement(using: &random)
        else { return nil }
        return (node, key, room)
    }

    func connect() {
        let node = randomNode()
        guard
            let slot = (0..<5 as Range<UInt32>).filter({ node.world.connections[$0] == nil })
                .randomElement(using: &random)
        else { return }
        let person = Int.random(in: 0..<people.count, using: &random)
        let key = node.world.open(slot)
        node.clients[key] = Client(person: person)
        node.clients[key]!.entersLobby = Bool.random(using: &random)
        let session = people[person].session.map { #","session":"\#($0)""# } ?? ""
        let joins = node.clients[key]!.entersLobby
        command(
            node, key, "login", "lobby",
            #""user":"\#(people[person].name)","join":\#(joins)\#(session)"#)
    }

    func disconnect() {
        let node = randomNode()
        guard
            let key = node.clients.keys.sorted(by: { $0.slot < $1.slot })
                .randomElement(using: &random)
        else { return }
        keepPlaces(of: node.clients[key]!)
        node.clients[key] = nil
        node.world.close(key)
    }

    func keepPlaces(of client: Client) {
        for (room, view) in client.views { people[client.person].places[room] = view.place }
    }

    func join() {
        guard let (node, key) = anybody() else { return }
        let name = roomNames.randomElement(using: &random)!
        let room = NameKey(name).folded
        guard node.clients[key]!.views[room] == nil else { return }
        let limit = [0, 3, 50].randomElement(using: &random)!
        // Each node may be the first to hear of the room, by another spelling.
        let spelling = Bool.random(using: &random) ? name : name.uppercased()
        let written = NameKey(spelling) == NameKey(name) ? spelling : name
        var fields = #""room":"\#(written)","limit":\#(limit)"#
        let since = people[node.clients[key]!.person].places[room]
        if let place = since {
            let epoch = Epoch(number: place.epoch).text
            fields += #","since":{"epoch":"\#(epoch)","offset":\#(place.offset)}"#
        }
        command(node, key, "join", name, fields, since: since)
    }

    func leave() {
        guard let (node, key, room) = anybodyInARoom() else { return }
        command(node, key, "leave", room, #""room":"\#(room)""#)
    }

    func say() {
        guard let (node, key, room) = anybodyInARoom() else { return }
        let person = node.clients[key]!.person
        // What is not acknowledged is said again, with its id, wherever its author is now.
        if let again = people[person].unacknowledged.last(where: { $0.room == room }),
            Bool.random(using: &random)
        {
            return say(again, node, key)
        }
        textNumber += 1
        let text = "\(people[person].name) says \(textNumber)"
        guard Int.random(in: 0..<6, using: &random) > 0 else {
            return command(node, key, "message", room, #""room":"\#(room)","text":"\#(text)""#)
        }
        let said = (room, ["", "ü\\n"].randomElement(using: &random)! + "\(textNumber)", text)
        people[person].unacknowledged.append(said)
        say(said, node, key)
    }

    private func say(
        _ said: (room: String, id: String, text: String), _ node: SharedNode,
        _ key: ConnectionKey
    ) {
        let view = node.clients[key]!.views[said.room]!
        let reply =
            Bool.random(using: &random) && view.place.offset > 0
            ? #","reply":\#(view.place.offset)"# : ""
        command(
            node, key, "message", said.room,
            #""room":"\#(said.room)","text":"\#(said.text)","id":"\#(said.id)"\#(reply)"#,
            id: said.id.replacing("\\n", with: "\n"))
    }

    func change() {
        guard let (node, key, room) = anybodyInARoom() else { return }
        let name = people[node.clients[key]!.person].name
        let messages = node.clients[key]!.views[room]!.messages
        textNumber += 1
        if name == "ann", Int.random(in: 0..<4, using: &random) == 0 {
            let text = #""room":"\#(room)","text":"Topic \#(textNumber)""#
            return command(node, key, "topic", room, text)
        }
        let own = messages.filter { $0.value == name }.keys.sorted()
        if let offset = own.randomElement(using: &random), Bool.random(using: &random) {
            let fields = #""room":"\#(room)","offset":\#(offset)"#
            if Int.random(in: 0..<4, using: &random) == 0 {
                return command(node, key, "delete", room, fields)
            }
            let text = "\(name) edits \(textNumber)"
            return command(node, key, "edit", room, #"\#(fields),"text":"\#(text)""#)
        }
        guard let offset = messages.keys.sorted().randomElement(using: &random) else { return }
        let emoji = ["\"👍\"", "\"🎉\"", "null"].randomElement(using: &random)!
        command(
            node, key, "react", room, #""room":"\#(room)","offset":\#(offset),"emoji":\#(emoji)"#)
    }
}

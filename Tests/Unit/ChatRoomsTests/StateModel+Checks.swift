// What every client must see, compared with the model.
import Foundation
import Testing

@testable import ChatRooms

extension StateModel {
    func anybody() -> ConnectionKey? {
        clients.keys.filter { clients[$0]!.isLoggedIn }.sorted { $0.slot < $1.slot }
            .randomElement(using: &random)
    }

    func aRoom(of key: ConnectionKey) -> String? {
        clients[key]!.rooms.keys.sorted().randomElement(using: &random)
    }

    func membersNow(of room: String) -> Set<String> {
        Set(clients.values.filter { $0.rooms[room] != nil }.map { people[$0.person].name })
    }

    func check(_ message: JSON, _ room: String, _ epoch: String) {
        let expected = said[epoch]![message.offset! - 1]
        let actual = Said(
            user: message["user"] as! String, text: message["text"] as! String,
            id: message["id"] as? String)
        #expect(actual == expected)
        #expect(same(message["room"] as! String, room))
    }

    func same(_ one: String, _ other: String) -> Bool { NameKey(one) == NameKey(other) }

    /// Every client reads its messages, which must be in order and come once.
    func readAll() {
        for key in clients.keys {
            for text in world.inbox[key]![clients[key]!.readCount...] {
                read(parse(text), by: key)
            }
            clients[key]!.readCount = world.inbox[key]!.count
            for (room, place) in clients[key]!.rooms {
                #expect(place.offset == said[place.epoch]!.count, "all messages have come")
                #expect(place.members == membersNow(of: room))
            }
        }
    }

    func read(_ push: JSON, by key: ConnectionKey) {
        // A room's name is spelled as its first member wrote it.
        let called = push["room"] as? String ?? ""
        let room = roomNames.first { same($0, called) } ?? called
        switch push.type {
        case "message":
            let place = clients[key]!.rooms[room]!
            #expect(push.offset == place.offset + 1)
            check(push, room, place.epoch)
            clients[key]!.rooms[room]!.offset += 1
            deliveredCount += 1
        case "presence":
            let user = push["user"] as! String
            if push["event"] as? String == "join" {
                #expect(clients[key]!.rooms[room]!.members.insert(user).inserted)
            } else {
                #expect(clients[key]!.rooms[room]!.members.remove(user) != nil)
            }
            #expect(push["count"] as? Int == clients[key]!.rooms[room]!.members.count)
        case "typing": #expect(clients[key]!.rooms[room] != nil)
        case "ok", "who", "history": break
        default: Issue.record("\(push)")
        }
    }

    /// A room without members may be forgotten, and then has a new epoch.
    func checkRooms() {
        #expect(world.roomCount == world.rooms.count)
        var open = Set<RoomID>()
        world.chat.forEachRoom { open.insert($0) }
        #expect(open == world.rooms)
        var heard: [RoomID: Set<ConnectionKey>] = [:]
        world.chat.forEachSubscription { heard[$1, default: []].insert($0) }
        #expect(heard == world.subscribers.filter { !$0.value.isEmpty })
        for room in roomNames where membersNow(of: room).isEmpty {
            if world.chat.roomsByName.find(NameKey(room), in: world.chat.rooms) == nil {
                epochs[room] = nil
            }
        }
    }
}

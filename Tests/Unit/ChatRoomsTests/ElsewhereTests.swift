// Members of a room on several nodes.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct ElsewhereTests {
    private func members(_ node: LoneNode, _ key: ConnectionKey) -> ([String], Int) {
        let who = node.send(key, #"{"type":"who","room":"lobby"}"#).first!
        return (who["members"] as! [String], who["count"] as! Int)
    }

    private func events(_ node: LoneNode, _ key: ConnectionKey) -> [String] {
        node.world.heard(key).filter { $0.type == "presence" }.map {
            "\($0["event"]!) \($0["user"] ?? "") \($0["count"]!)"
        }
    }

    @Test func `A name is one member, on however many nodes it is`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        let room = node.rooms["lobby"]!
        #expect(node.presence[room] == RoomPresence(count: 1, names: ["ann"]))
        node.tell(.presence(room, node: "b", RoomPresence(count: 2, names: ["Bob", "ANN"])))
        #expect(members(node, key) == (["ann", "Bob"], 2))
        node.tell(.presence(room, node: "c", RoomPresence(count: 2, names: ["bob", "eve"])))
        let bob = node.login(2, "bob")
        #expect(members(node, key) == (["ann", "bob", "eve"], 3))
        node.tell(.gone(node: "b"))
        node.tell(.presence(room, node: "c", nil))
        node.world.close(bob)
        #expect(members(node, key) == (["ann"], 1))
        #expect(events(node, key) == ["join Bob 2", "join eve 3", "leave eve 2", "leave bob 1"])
    }

    @Test func `A user who leaves here and is elsewhere stays a member`() {
        let node = LoneNode()
        let key = node.login(1, "ann")
        let bob = node.login(2, "bob")
        let room = node.rooms["lobby"]!
        node.tell(.presence(room, node: "b", RoomPresence(count: 1, names: ["bob"])))
        node.world.close(bob)
        node.take()
        #expect(node.presence[room] == RoomPresence(count: 1, names: ["ann"]))
        #expect(members(node, key) == (["ann", "bob"], 2))
        node.tell(.gone(node: "b"))
        #expect(events(node, key) == ["join bob 2", "leave bob 1"])
    }

    @Test func `Beyond the limit nodes tell how many there are, and members hear the count`() {
        var limits = ChatLimits.withoutRateLimit
        limits.presenceMemberLimit = 2
        let node = LoneNode(limits: limits)
        let key = node.login(1, "ann")
        let room = node.rooms["lobby"]!
        node.tell(.presence(room, node: "b", RoomPresence(count: 50, names: [])))
        #expect(members(node, key) == (["ann"], 51))
        node.world.tick()
        _ = node.login(2, "bob")
        _ = node.login(3, "eve")
        #expect(node.presence[room] == RoomPresence(count: 3, names: []))
        node.world.pass(.seconds(1))
        node.world.tick()
        #expect(events(node, key) == ["count  51", "count  53"])
        node.tell(.presence(room, node: "b", RoomPresence(count: 1, names: ["eve"])))
        #expect(members(node, key).1 == 3)
    }
}

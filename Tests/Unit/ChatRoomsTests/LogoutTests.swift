// Signing out ends the session at the server: for its token, its name and its other connections.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct LogoutTests {
    private let logout = #"{"type":"logout","ref":"r"}"#

    private func login(
        _ world: World, _ slot: UInt32, _ user: String, _ session: String = ""
    ) -> JSON {
        world.send(
            world.open(slot), #"{"type":"login","user":"\#(user)","session":"\#(session)"}"#)[0]
    }

    @Test func theTokenProvesNothingAnyMore() {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        let key = world.connections[0]!
        let replies = world.send(key, logout)
        #expect(replies.map(\.type) == ["ok"] && replies[0]["ref"] as? String == "r")
        #expect(world.closes[key]?.code == 1000)
        #expect(world.rememberedUserCount == 0 && world.userCount == 0)
        // Another person has the name before the connection has closed.
        let other = login(world, 1, "ANN")
        #expect(other.type == "welcome" && other["session"] as? String != session)
        #expect(login(world, 2, "ann", session).code == "name_taken")
        world.close(key)
        #expect(world.userCount == 1)
        #expect(world.send(world.connections[1]!, #"{"type":"message","text":"x"}"#).count == 2)
    }

    @Test func theNextPersonCannotUseWhatTheBrowserKept() {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        world.send(world.connections[0]!, logout)
        world.close(world.connections[0]!)
        let next = login(world, 1, "ann", session)
        #expect(next.type == "welcome" && next["session"] as? String != session)
    }

    /// The first or last of the user's connections signs out, among those of other people.
    @Test(arguments: [1, 3, 6] as [UInt32])
    func allConnectionsOfTheSessionEnd(_ slot: UInt32) {
        let world = World()
        let watcher = world.login(0, "watcher")
        let session = login(world, 1, "ann")["session"] as! String
        let bob = world.login(2, "bob")
        _ = login(world, 3, "ann", session)
        _ = world.open(4)
        _ = login(world, 6, "ann", session)
        for slot in [1, 6] as [UInt32] {
            world.send(world.connections[slot]!, #"{"type":"join","room":"garden"}"#)
        }
        world.send(world.connections[slot]!, logout)
        for other in [1, 3, 6] as [UInt32] {
            let key = world.connections[other]!
            #expect(world.closes[key]?.code == (other == slot ? 1000 : 4005))
            #expect(world.closes[key]?.reason.description.hasSuffix(".") == true)
        }
        #expect(world.closes.count == 3 && world.roomCount == 1)
        let events = world.heard(watcher).filter { $0["user"] as? String == "ann" }
        #expect(events.map { $0["event"] as? String } == ["join", "leave"])
        let counts = [1, 3, 6].map { world.inbox[world.connections[$0 as UInt32]!]!.count }
        world.send(bob, #"{"type":"message","text":"x"}"#)
        for (other, count) in zip([1, 3, 6] as [UInt32], counts) {
            let key = world.connections[other]!
            #expect(world.send(key, #"{"type":"message","text":"a ghost"}"#).isEmpty)
            #expect(world.inbox[key]!.count == count)
            world.close(key)
        }
        #expect(world.userCount == 2)
        #expect(world.send(watcher, #"{"type":"who","room":"lobby"}"#)[0]["count"] as? Int == 2)
    }

    @Test(arguments: [
        (#"{"type":"logout","everywhere":true}"#, nil), (#"{"type":"logout"}"#, nil),
        (#"{"type":"logout","everywhere":null}"#, nil),
        (#"{"type":"logout","everywhere":"yes"}"#, "bad_request"),
    ])
    func everywhereIsABool(_ text: String, _ code: String?) {
        let world = World()
        let ann = world.login(0, "ann")
        #expect(world.send(ann, text)[0].code == code)
        #expect(world.closes[ann]?.code == (code == nil ? 1000 : nil))
        // A refused command has changed nothing.
        #expect(world.userCount == (code == nil ? 0 : 1))
    }

    @Test func onlySomebodySignsOut() {
        let world = World()
        #expect(world.send(world.open(0), logout)[0].code == "not_logged_in")
        #expect(world.closes.isEmpty)
    }

    @Test func outlivesARestore() throws {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        _ = login(world, 1, "ann", session)
        let (first, second) = (world.connections[0]!, world.connections[1]!)
        world.send(first, logout)
        try world.restart(clockOffset: 5)
        #expect(world.send(second, #"{"type":"message","text":"a ghost"}"#).isEmpty)
        #expect(login(world, 2, "ann").type == "welcome")
        world.close(first)
        world.close(second)
        #expect(world.userCount == 1)
    }

    @Test func floodingIsStillFlooding() {
        let world = World(ChatLimits())
        let session = login(world, 0, "ann")["session"] as! String
        _ = login(world, 1, "ann", session)
        let (flooding, other) = (world.connections[0]!, world.connections[1]!)
        while world.closes.isEmpty { world.send(flooding, "{") }
        #expect(world.send(flooding, logout).isEmpty)
        world.send(other, logout)
        #expect(world.closes[flooding]?.code == 4002 && world.closes[other]?.code == 1000)
        #expect(world.rememberedUserCount == 0)
        world.close(flooding)
    }
}

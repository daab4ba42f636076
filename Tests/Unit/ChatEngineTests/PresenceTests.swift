// The members of a room: the own value, the others', and nodes that die.
import Testing

@testable import ChatEngine

@Suite struct PresenceTests {
    private static let beat = 5 * Desk.second

    /// A heartbeat, and what is written behind its answer.
    @discardableResult
    private func beat(_ desk: Desk, _ nodes: [String]) -> [[String]] {
        desk.turn(after: Self.beat)
        desk.answerBeat(nodes: nodes)
        desk.answer(.texts("master", "0"))
        return desk.turn()
    }

    @Test func `The own value is written at each change, one call at a time`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        #expect(
            desk.turn() == [
                ["FCALL", "r1_pres", "1", Desk.room.presence, Desk.room.channel, "me", "a"]
            ])
        desk.node.setPresence(Array("b".utf8), in: room)
        desk.node.setPresence(Array("c".utf8), in: room)
        #expect(desk.turn() == [])
        desk.answer(.texts("me", "a"))
        #expect(desk.turn().map { $0.last } == ["c"])
        desk.answer(.texts("me", "c"))
        #expect(desk.turn() == [])
        // The same again is nothing new.
        desk.node.setPresence(Array("c".utf8), in: room)
        #expect(desk.turn() == [])
    }

    @Test func `The own value is written with each reading`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        desk.turn()
        desk.answer(.texts("me", "a"))
        desk.cut()
        desk.node.setPresence(Array("b".utf8), in: room)
        desk.up()
        #expect(desk.commands.unanswered.map { $0.command[1] } == ["r1_pres", "r1_tail"])
        #expect(desk.commands.unanswered[0].command.last == "b")
    }

    @Test func `A push about this node that is wrong is corrected`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        desk.turn()
        desk.push(Desk.room.channel, "p me\na")
        desk.answer(.texts("me", "a"))
        #expect(desk.turn() == [])
        desk.push(Desk.room.channel, "p me\n")
        #expect(desk.turn().map { $0.last } == ["a"])
        #expect(desk.events() == [])
    }

    @Test func `What others say comes by pushes and with each reading`() {
        let (desk, _) = Desk.live()
        desk.push(Desk.room.channel, "p you\nx y\nz")
        desk.push(Desk.room.channel, "p you\nx y\nz")
        #expect(desk.events().map(short) == ["presence you x y\nz"])
        desk.push(Desk.room.channel, "p you\n")
        #expect(desk.events().map(short) == ["presence you "])
        desk.push(Desk.room.channel, "p you\nb")
        desk.cut()
        desk.up()
        _ = desk.events()
        desk.answer(.texts("me", "a", "new", "n"))
        #expect(desk.events().map(short) == ["presence new n", "presence you "])
    }

    @Test func `A node that gives no sign of life for 15 s does not count, and is removed`() {
        let (desk, _) = Desk.live()
        beat(desk, ["me", "2", "you", "1"])
        desk.push(Desk.room.channel, "p you\nx")
        _ = desk.events()
        for _ in 0..<2 { beat(desk, ["me", "3", "you", "1"]) }
        #expect(desk.events() == [])
        let written = beat(desk, ["me", "5", "you", "1"])
        #expect(desk.events().map(short) == ["presence you "])
        #expect(written == [["HDEL", "roost:{n}:nodes", "you"]])
        desk.answer(.number(1))
        let removal = desk.turn()
        #expect(
            removal == [
                ["FCALL", "r1_pres", "1", Desk.room.presence, Desk.room.channel, "you", ""]
            ])
    }

    /// The first one may not have the room open.
    @Test func `The second node that sees it removes its presence, too`() {
        let (desk, _) = Desk.live()
        beat(desk, ["you", "1"])
        desk.push(Desk.room.channel, "p you\nx")
        for _ in 0..<3 { beat(desk, ["you", "1"]) }
        desk.expectNext("HDEL")
        desk.answer(.number(0))
        #expect(desk.turn().map { $0.suffix(2) } == [["you", ""]])
    }

    @Test(arguments: [true, false])
    func `A node that was only silent counts again`(_ byBeat: Bool) {
        let (desk, _) = Desk.live()
        beat(desk, ["you", "1"])
        desk.push(Desk.room.channel, "p you\nx")
        for _ in 0..<3 { beat(desk, ["you", "1"]) }
        desk.answer(.number(0))
        _ = desk.events()
        if byBeat {
            beat(desk, ["you", "2"])
        } else {
            desk.push(Desk.room.channel, "p you\ny")
        }
        #expect(desk.events().map(short) == ["presence you \(byBeat ? "x" : "y")"])
    }

    @Test func `A node that speaks before its heartbeat is removed keeps it`() {
        let (desk, _) = Desk.live()
        beat(desk, ["you", "1"])
        for _ in 0..<2 { beat(desk, ["you", "1"]) }
        desk.turn(after: Self.beat)
        desk.answerBeat(nodes: ["you", "1"])
        desk.push(Desk.room.channel, "p you\nx")
        desk.answer(.texts("master", "0"))
        #expect(desk.turn() == [])
    }

    @Test func `What a node without a heartbeat has left is removed by anybody`() {
        let (desk, _) = Desk.live()
        beat(desk, [])
        desk.push(Desk.room.channel, "p ghost\nx")
        for _ in 0..<3 { beat(desk, []) }
        #expect(desk.events().map(short) == ["presence ghost x", "presence ghost "])
        desk.expectNext("HDEL")
        desk.answer(.number(0))
        #expect(desk.turn().map { Array($0.suffix(2)) } == [["ghost", ""]])
    }

    @Test func `Time without Redis is no silence`() {
        let (desk, _) = Desk.live()
        beat(desk, ["you", "1"])
        desk.push(Desk.room.channel, "p you\nx")
        desk.cut()
        _ = desk.events()
        desk.now += 60 * Desk.second
        desk.node.connected(at: desk.now)
        desk.turn()
        desk.answerBeat(nodes: ["you", "1"])
        #expect(desk.events().map(short) == ["up"])
    }

    // MARK: Closing

    @Test func `A room closes when its members are gone and nothing is pending`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        desk.turn()
        desk.answer(.texts("me", "a"))
        desk.publish("m", in: room)
        desk.node.close(room)
        #expect(desk.turnNames() == ["r1_pres", "r1_put"])
        desk.answer(.list([]))
        #expect(desk.turn() == [])
        desk.pushMessages("0-0 1-7", "m")
        desk.answer(.texts("1-7"))
        #expect(desk.turn() == [["SUNSUBSCRIBE", Desk.room.channel]])
        #expect(desk.events().map(short) == ["appended 1", "placed 1 1-7"])
        #expect(!desk.hasLobby)
        let again = desk.open("lobby")
        #expect(again != room && again.index == room.index)
    }

    @Test func `A room that is opened while it closes stays`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.node.close(room)
        #expect(desk.open("lobby") == room)
        #expect(desk.turn() == [])
        #expect(desk.log(room) == ["1-7=a"])
    }

    @Test func `A room whose members cannot be taken out yet stays until they can`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        desk.turn()
        desk.answer(.texts("me", "a"))
        desk.node.close(room)
        desk.turn()
        desk.answer(.error("OOM no memory"))
        desk.turn()
        #expect(desk.hasLobby)
        beat(desk, [])
        #expect(desk.commands.unanswered[0].command.last == "")
        desk.answerRead(.tail(true, "0-0"))
        #expect(!desk.hasLobby)
    }

    @Test func `A room that was closed without a connection is known to be left later`() {
        let (desk, room) = Desk.live()
        desk.node.setPresence(Array("a".utf8), in: room)
        desk.turn()
        desk.answer(.texts("me", "a"))
        desk.cut()
        desk.node.close(room)
        desk.up()
        #expect(desk.commands.unanswered[0].command.last == "")
        desk.answerRead(.tail(true, "0-0"))
        desk.turn()
        #expect(!desk.hasLobby)
    }
}

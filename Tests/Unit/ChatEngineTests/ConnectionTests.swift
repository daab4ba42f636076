// From a connection to rooms that are live, and everything that ends one.
import Testing

@testable import ChatEngine

@Suite struct ConnectionTests {
    @Test func `Nothing stands behind the first heartbeat before its answer`() {
        let desk = Desk()
        _ = desk.open("lobby")
        desk.node.connected(at: desk.now)
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_beat"])
        #expect(desk.turnNames() == [])
        desk.answerBeat()
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        #expect(desk.events().map(short) == ["up"])
    }

    @Test(arguments: [Reply.bulk("roost1"), .error("ERR Library 'roost1' already exists")])
    func `Functions that Redis does not have are loaded, and everything begins anew`(
        _ loaded: Reply
    ) {
        let desk = Desk()
        _ = desk.open("lobby")
        desk.node.connected(at: desk.now)
        _ = desk.turn()
        desk.answer(.error("ERR Function not found"))
        let load = desk.turn()
        #expect(load.map { Array($0.prefix(2)) } == [["FUNCTION", "LOAD"]])
        #expect(load[0][2].hasPrefix("#!lua name=roost1\n"))
        desk.answer(loaded)
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_beat"])
    }

    @Test func `Functions that vanish stop all rooms, and everything is said again`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.error("ERR Function not found"))
        #expect(!desk.isLive(room))
        #expect(desk.turnNames() == ["FUNCTION"])
        desk.answer(.bulk("roost1"))
        desk.turn()
        desk.answerBeat(had: "1")
        desk.turn()
        desk.answerRead(.tail(true, "1-7"))
        #expect(saying(desk.commands.unanswered[0].command).messages == ["b"])
    }

    /// Error → what becomes of a connection whose heartbeat, reading or publish it answers.
    static let errors: [(String, String)] = [
        ("READONLY You can't write against a read only replica.", "notMaster"),
        ("NOREPLICAS Not enough good replicas to write.", "refusing"),
        ("MASTERDOWN Link with MASTER is down.", "refusing"),
        ("LOADING Redis is loading the dataset in memory", "refusing"),
        ("BUSY Redis is busy running a script.", "refusing"),
    ]

    @Test(arguments: errors, ["r1_beat", "r1_tail", "r1_put"])
    func `Errors that end a connection`(_ error: (text: String, event: String), _ function: String)
    {
        let desk = Desk()
        let room = desk.open("lobby")
        desk.node.connected(at: desk.now)
        desk.turn()
        if function != "r1_beat" {
            desk.answerBeat()
            desk.turn()
            desk.answer(.list([]))
        }
        if function == "r1_put" {
            desk.answer(.tail(true, "0-0"))
            desk.publish("a", in: room)
            desk.turn()
        }
        _ = desk.events()
        desk.expectNext(function)
        desk.answer(.error(error.text))
        #expect(desk.events().map(short) == [error.event])
        // Nothing is written any more, until there is another connection.
        #expect(desk.turn(after: 20 * Desk.second) == [])
        desk.cut()
        desk.node.connected(at: desk.now)
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_beat"])
    }

    @Test func `A Redis that takes no writes can be read`() {
        let desk = Desk()
        let room = desk.open("lobby")
        desk.node.connected(at: desk.now)
        desk.turn()
        desk.answer(.error("OOM command not allowed when used memory > 'maxmemory'."))
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        desk.answer(.error("OOM command not allowed when used memory > 'maxmemory'."))
        desk.answer(.tail(true, "1-7", ["1-7=a"]))
        #expect(desk.isLive(room))
        desk.publish("b", in: room)
        desk.turn()
        _ = desk.events()
        desk.answer(.error("OOM command not allowed when used memory > 'maxmemory'."))
        #expect(
            desk.events() == [
                .refused(
                    ticket: 1,
                    .takesNoWrites("OOM command not allowed when used memory > 'maxmemory'."))
            ])
        // It is read anew when it takes writes again: it may be another one.
        desk.turn(after: 5 * Desk.second)
        desk.answerBeat(had: "")
        #expect(desk.turnNames().contains("r1_tail"))
    }

    // MARK: Time

    @Test func `A command that is not answered within 2 s ends the connection`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        #expect(desk.deadline == desk.now + Desk.second / 2)
        desk.turn(after: Desk.second / 2)
        #expect(desk.events().map(short) == ["slow"])
        #expect(desk.deadline == desk.now + 3 * Desk.second / 2)
        desk.turn(after: 3 * Desk.second / 2 - 1)
        #expect(desk.events() == [])
        desk.turn(after: 1)
        #expect(desk.events().map(short) == ["unanswered"])
    }

    @Test func `A Redis that answers late is up again`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.turn(after: Desk.second)
        desk.pushMessages("0-0 1-7", "a")
        desk.answer(.texts("1-7"))
        desk.turn()
        #expect(desk.events().map(short) == ["slow", "appended 1", "placed 1 1-7", "up"])
    }

    @Test func `A process that stood still gives Redis a second more`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.turn(after: 30 * Desk.second)
        #expect(!desk.events().map(short).contains("unanswered"))
        desk.turn(after: Desk.second)
        #expect(desk.events().map(short) == ["unanswered"])
    }

    @Test func `After a minute without Redis members are better off elsewhere`() {
        let (desk, _) = Desk.live()
        desk.cut()
        #expect(desk.events().map(short) == ["down"])
        #expect(desk.deadline == desk.now + 60 * Desk.second)
        desk.turn(after: 60 * Desk.second - 1)
        #expect(desk.events() == [])
        desk.turn(after: 1)
        #expect(desk.events().map(short) == ["away"])
        desk.up()
        #expect(desk.events().map(short) == ["up"])
    }

    @Test func `Connections that come to nothing do not begin the minute anew`() {
        let (desk, _) = Desk.live()
        desk.cut()
        for _ in 0..<59 {
            desk.turn(after: Desk.second)
            desk.node.connected(at: desk.now)
            desk.turn()
            desk.answer(.error("NOREPLICAS Not enough good replicas to write."))
            desk.cut()
        }
        #expect(!desk.events().map(short).contains("away"))
        desk.turn(after: Desk.second)
        #expect(desk.events().map(short) == ["away"])
        desk.node.connected(at: desk.now)
        desk.turn()
        desk.cut()
        #expect(desk.events() == [])
    }

    // MARK: The heartbeat

    @Test func `Pushes that do not come are noticed`() {
        for isPushed in [true, false] {
            let (desk, _) = Desk.live()
            desk.turn(after: 5 * Desk.second)
            desk.answerBeat(isPushed: isPushed)
            desk.answer(.texts("master", "0"))
            desk.turn(after: Desk.second)
            #expect(desk.events().map(short) == (isPushed ? [] : ["wedged"]))
        }
    }

    /// Redis has sent them behind the answer since 7.2.
    @Test func `A push may come behind the answer`() {
        let (desk, _) = Desk.live()
        desk.turn(after: 5 * Desk.second)
        let probe = desk.expectNext("r1_beat")[7]
        desk.answerBeat(isPushed: false)
        desk.push(Desk.probe, probe)
        desk.answer(.texts("master", "0"))
        desk.turn(after: 2 * Desk.second)
        #expect(desk.events() == [])
    }

    /// What the next heartbeat shows → whether all rooms are read.
    @Test(arguments: [
        ("boot", "1", false), ("boot", "", true), ("boot", "7", true), ("other", "1", true),
    ])
    func `Other data, or another process, is noticed`(_ boot: String, _ had: String, _ isRead: Bool)
    {
        let (desk, room) = Desk.live()
        desk.turn(after: 5 * Desk.second)
        desk.answerBeat(boot: boot, had: had)
        desk.answer(.texts("master", "0"))
        #expect(desk.isLive(room) != isRead)
        #expect(desk.turnNames().contains("r1_tail") == isRead)
    }

    @Test func `A master that becomes a replica is left`() {
        let (desk, _) = Desk.live()
        desk.turn(after: 5 * Desk.second)
        desk.answerBeat()
        desk.answer(.list([.bulk("slave"), .bulk("host"), .number(1), .bulk("connected")]))
        #expect(desk.events() == [.reconnect(.notMaster("slave"))])
    }

    @Test func `Answers that are none of ours end the connection`() {
        let (desk, _) = Desk.live()
        desk.turn(after: 5 * Desk.second)
        desk.answer(.bulk("what"))
        #expect(desk.events().map(short) == ["notUnderstood r1_beat"])
    }
}

// A room is read: what the log becomes, and what Redis gets back.
import Testing

@testable import ChatEngine

@Suite struct ReadingTests {
    /// What a node has, what Redis has, and what follows.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let log: [String]
        let tail: (goesOn: Bool, top: String, entries: [String])
        /// What is given back: where, and what.
        var refill: (at: String, messages: [String])?
        var after: [String] = []
        var events: [String] = []
        /// What is said again.
        var resay: [String] = []
    }

    static let cases = [
        Case(
            testDescription: "nothing is new", log: ["1-7=a"], tail: (true, "1-7", []),
            after: ["1-7=a"], events: ["live 1"]),
        Case(
            testDescription: "some are new", log: ["1-7=a"],
            tail: (true, "3-9", ["2-7=b", "3-9=c"]), after: ["1-7=a", "2-7=b", "3-9=c"],
            events: ["appended 2", "live 3"]),
        Case(
            testDescription: "an empty log goes on from the start", log: [],
            tail: (true, "2-7", ["1-7=a", "2-7=b"]), after: ["1-7=a", "2-7=b"],
            events: ["appended 2", "live 2"]),
        Case(
            testDescription: "an empty log is far behind", log: [],
            tail: (false, "5001-9", ["5000-7=a", "5001-9=b"]), after: ["5000-7=a", "5001-9=b"],
            events: ["reset 2", "live 2"]),
        Case(
            testDescription: "Redis has lost the end", log: ["1-7=a", "2-7=b", "3-8=c"],
            tail: (false, "1-7", ["1-7=a"]),
            refill: ("1-7", ["b<1-7 2-7", "c<2-7 3-8"])),
        Case(
            testDescription: "Redis has lost everything", log: ["1-7=a", "2-7=b"],
            tail: (false, "0-0", []), refill: ("0-0", ["a<0-0 1-7", "b<1-7 2-7"])),
        Case(
            testDescription: "Redis has others behind a common one",
            log: ["1-7=a", "2-7=b", "3-7=c"], tail: (false, "2-9", ["1-7=a", "2-9=x"]),
            after: ["1-7=a", "2-9=x"], events: ["reset 2", "live 2"], resay: ["b", "c"]),
        Case(
            testDescription: "Redis has others from the start",
            log: ["1-7=a", "2-7=b"], tail: (false, "1-9", ["1-9=x"]), after: ["1-9=x"],
            events: ["reset 1", "live 1"], resay: ["a", "b"]),
        Case(
            testDescription: "the room has moved on by far",
            log: ["1-7=a", "2-7=b"], tail: (false, "5000-9", ["5000-9=x"]), after: ["5000-9=x"],
            events: ["reset 1", "live 1"]),
    ]

    @Test(arguments: cases) func `The log and Redis`(_ testCase: Case) {
        let (desk, room) = Desk.live(testCase.log)
        desk.cut()
        desk.up()
        _ = desk.events()
        desk.answer(.list([]))
        #expect(desk.expectNext("r1_tail")[4] == Desk.top(of: testCase.log))
        let (goesOn, top, entries) = testCase.tail
        desk.answer(.tail(goesOn, top, entries))
        let written = desk.turn()
        if let refill = testCase.refill {
            #expect(written.count == 1 && written[0][1] == "r1_put")
            let (at, messages) = saying(written[0])
            #expect(at == refill.at && messages == refill.messages)
            #expect(!desk.isLive(room) && desk.events() == [])
            #expect(desk.log(room) == testCase.log)
        } else {
            #expect(written.flatMap { saying($0).messages } == testCase.resay)
            #expect(desk.log(room) == testCase.after)
            #expect(desk.events().map(short) == testCase.events)
        }
    }

    @Test func `What was given back is read again, and nobody notices`() {
        let (desk, room) = Desk.live(["1-7=a", "2-7=b"])
        desk.cut()
        desk.up()
        desk.answerRead(.tail(false, "1-7", ["1-7=a"]))
        _ = desk.events()
        // Pushes of what is given back are dropped: the answer has them.
        desk.pushMessages("1-7 2-7", "b")
        desk.answer(.texts("2-7"))
        desk.turn()
        desk.answerRead(.tail(true, "2-7"))
        #expect(desk.events().map(short) == ["live 2"])
        #expect(desk.log(room) == ["1-7=a", "2-7=b"])
    }

    /// Redis gives no name, or an error: the second reading decides.
    @Test(arguments: [Reply.list([]), .texts(""), .error("OOM no memory")])
    func `Giving back is tried once`(_ answer: Reply) {
        let (desk, room) = Desk.live(["1-7=a", "2-7=b"])
        desk.cut()
        desk.up()
        desk.answerRead(.tail(false, "1-7", ["1-7=a"]))
        _ = desk.events()
        desk.answer(answer)
        desk.turn()
        desk.answerRead(.tail(false, "1-7", ["1-7=a"]))
        #expect(desk.events().map(short) == ["reset 1", "live 1"])
        #expect(desk.log(room) == ["1-7=a"])
        #expect(saying(desk.commands.unanswered[0].command).messages == ["b"])
        // The next time it is tried again.
        desk.pushMessages("1-7 2-9", "b")
        desk.answer(.texts("2-9"))
        desk.cut()
        desk.up()
        desk.answerRead(.tail(false, "1-7", ["1-7=a"]))
        #expect(saying(desk.commands.unanswered[0].command).messages == ["b<1-7 2-9"])
    }

    @Test func `An answer that does not go up to the newest is followed by another`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.cut()
        desk.up()
        desk.answerRead(.tail(true, "3-7", ["2-7=b"]))
        #expect(!desk.isLive(room))
        #expect(desk.commands.unanswered.last?.command[4] == "2-7")
        desk.answerRead(.tail(true, "3-7", ["3-7=c"]))
        #expect(desk.isLive(room))
    }

    @Test func `A Redis that changes while a room is read is read again`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.turn(after: 5 * Desk.second)
        // The push says that the log lacks something, and the heartbeat then that all is another.
        desk.pushMessages("5-7 6-7", "f")
        desk.turn()
        desk.answerBeat(had: "")
        desk.answer(.texts("master", "0"))
        #expect(desk.commands.unanswered.map { $0.command[1] } == ["r1_pres", "r1_tail"])
        desk.answerRead(.tail(true, "2-7", ["2-7=b"]))
        #expect(!desk.isLive(room))
        desk.answerRead(.tail(true, "1-7"))
        #expect(desk.isLive(room))
    }

    /// Entries that no node has written, answers that lead nowhere, and what is no answer.
    @Test(arguments: [
        Reply.list([.number(1), .bulk("2-7"), .list([.list([.bulk("2-7"), .texts("x", "y")])])]),
        .list([.number(0), .bulk("2-9"), .list([.list([.bulk("what"), .texts("i", "y")])])]),
        .list([.number(1), .bulk("2-7"), .list([.bulk("2-7")])]),
        .tail(true, "2-7"), .list([.number(1), .bulk("x"), .list([])]), .list([]), .bulk("1-7"),
    ])
    func `What cannot be followed ends the connection, and the log stays`(_ answer: Reply) {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.cut()
        desk.up()
        _ = desk.events()
        desk.answer(.list([]))
        desk.answer(answer)
        #expect(
            desk.events().map(short) == ["notUnderstood r1_tail for \(Desk.room.stream)"])
        #expect(desk.log(room) == ["1-7=a"])
    }

    @Test(arguments: ["18446744073709551615", "9007199254740993", "3"])
    func `A push with numbers that are none of ours is not followed`(_ offset: String) {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.pushMessages("1-7 \(offset)-7", "b", "c")
        #expect(!desk.isLive(room))
        #expect(desk.log(room) == ["1-7=a"])
    }

    @Test func `Behind entries that somebody has deleted the log begins anew, and says so`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.cut()
        desk.up()
        _ = desk.events()
        desk.answerRead(.tail(true, "6-7", ["2-7=b", "5-7=e", "6-7=f"]))
        #expect(desk.events().map(short) == ["reset 2", "live 2"])
        #expect(desk.log(room) == ["5-7=e", "6-7=f"])
    }

    /// The log begins behind 3-7: that is what Redis has left, or less than that.
    @Test(arguments: [("3-7", ["d<3-7 4-7", "e<4-7 5-7"]), ("2-7", ["d", "e"])])
    func `A log that was shortened gives back what it has, or says it again`(
        _ top: String, _ messages: [String]
    ) {
        let (desk, room) = Desk.live(["1-7=a", "2-7=b", "3-7=c", "4-7=d", "5-7=e"]) {
            $0.logByteLimit = 1
            $0.leastKept = 2
        }
        desk.turn()
        #expect(desk.log(room) == ["4-7=d", "5-7=e"])
        desk.cut()
        desk.up()
        desk.answer(.list([]))
        desk.answer(.tail(false, top, ["\(top)=\(top == "3-7" ? "c" : "b")"]))
        #expect(
            desk.turn().filter { $0.contains("r1_put") }.map { saying($0).messages } == [messages])
    }

    @Test func `After a connection that has ended while rooms were read, fewer are read at once`() {
        let desk = Desk { $0.syncLimit = 64 }
        for number in 0..<100 { _ = desk.open("room \(number)") }
        for limit in [64, 8, 1, 1] {
            desk.up()
            #expect(desk.commands.unanswered.count { $0.command[1] == "r1_tail" } == limit)
            desk.cut()
        }
        desk.up()
        for count in 2...20 {
            desk.answerRead(.tail(true, "0-0"))
            #expect(desk.commands.unanswered.count { $0.command[1] == "r1_tail" } == count)
        }
    }

    // MARK: Bounds

    @Test func `Rooms are read within a limit`() {
        let desk = Desk { $0.syncLimit = 3 }
        for number in 0..<10 { _ = desk.open("room \(number)") }
        desk.up()
        func reads(_ desk: Desk) -> Int {
            desk.commands.unanswered.count { $0.command[1] == "r1_tail" }
        }
        #expect(reads(desk) == 3)
        desk.answerRead(.tail(true, "0-0"))
        #expect(reads(desk) == 3)
        for _ in 1..<10 { desk.answerRead(.tail(true, "0-0")) }
        #expect(desk.events().map(short).count { $0 == "live 0" } == 10)
    }

    @Test func `What Redis has lost is given back within a limit`() {
        let desk = Desk { $0.refillLimit = 3 }
        for number in 0..<4 { _ = desk.open("room \(number)") }
        desk.up()
        for _ in 0..<4 { desk.answerRead(.tail(true, "2-7", ["1-7=a", "2-7=b"])) }
        desk.cut()
        desk.up()
        for _ in 0..<4 {
            desk.answer(.list([]))
            desk.answer(.tail(false, "0-0"))
        }
        func puts(_ desk: Desk) -> Int {
            desk.commands.unanswered.count { $0.command[1] == "r1_put" }
        }
        desk.turn()
        #expect(puts(desk) == 2)
        desk.answer(.texts("1-7", "2-7"))
        desk.turn()
        #expect(puts(desk) == 2)
    }

    @Test func `What another node gives back meanwhile is read instead`() {
        let desk = Desk { $0.refillLimit = 1 }
        let rooms = ["other", "lobby"].map { desk.open($0) }
        let names = ["other", "lobby"].map { RoomNames($0, prefix: "roost") }
        desk.up()
        for _ in 0..<2 { desk.answerRead(.tail(true, "2-7", ["1-7=a", "2-7=b"])) }
        desk.cut()
        desk.up()
        for _ in 0..<2 {
            desk.answer(.list([]))
            desk.answer(.tail(false, "1-7", ["1-7=a"]))
        }
        // One waits for the other.
        desk.turn()
        let put = desk.commands.unanswered.map(\.command)
        #expect(put.count == 1 && put[0][1] == "r1_put")
        let second = put[0][3] == names[0].stream ? 1 : 0
        desk.push(names[second].channel, "m 1-7 2-7\n1 1\nbB")
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        desk.answer(.texts("2-7"))
        desk.answerRead(.tail(true, "2-7"))
        #expect(desk.isLive(rooms[second]))
    }

    @Test func `A connection that is full is tried again`() {
        let desk = Desk()
        let room = desk.open("lobby")
        desk.up()
        desk.cut()
        desk.node.connected(at: desk.now)
        desk.turn()
        desk.answerBeat()
        desk.commands.isFull = true
        desk.turn()
        desk.commands.isFull = false
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        desk.answerRead(.tail(true, "0-0"))
        desk.commands.isFull = true
        desk.publish("a", in: room)
        desk.turn()
        desk.commands.isFull = false
        #expect(desk.turnNames() == ["r1_put"])
    }
}

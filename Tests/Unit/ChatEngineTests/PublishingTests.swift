// Publishing: one call at a time, in order, and a message counts when the log has it.
import Testing

@testable import ChatEngine

@Suite struct PublishingTests {
    /// What the oldest put says.
    private func says(_ desk: Desk) -> [String] {
        desk.commands.unanswered.first.map { saying($0.command).messages } ?? []
    }

    @Test func `A message counts when it has come back`() {
        let (desk, room) = Desk.live()
        desk.publish("a", "b", in: room)
        let put = desk.turn()[0]
        let names = Desk.room
        #expect(
            Array(put.prefix(7)) == [
                "FCALL", "r1_put", "3", names.stream, names.ids, names.olderIDs, names.channel,
            ])
        #expect(put[7] == "1000" && put[9] == "0-0")
        #expect(put[8].utf8.count <= 19 && put[8] != "0")
        #expect(Array(put[10...]) == ["a", "A", "", "b", "B", ""])
        desk.pushMessages("0-0 1-7", "a", "b")
        #expect(desk.events().map(short) == ["appended 2"])
        desk.answer(.texts("1-7", "2-7"))
        #expect(desk.events().map(short) == ["placed 1 1-7", "placed 2 2-7"])
        #expect(desk.log(room) == ["1-7=a", "2-7=b"])
    }

    @Test func `One call waits for the other, and has 200 messages at most`() {
        let (desk, room) = Desk.live()
        for number in 1...450 { desk.publish("\(number)", first: UInt64(number), in: room) }
        var offset = 0
        for count in [200, 200, 50] {
            #expect(desk.turnNames() == ["r1_put"])
            desk.publish("later", first: 1_000, in: room)
            #expect(desk.turnNames() == [])
            let keys = says(desk).prefix(count)
            #expect(Array(keys) == (offset + 1...offset + count).map(String.init))
            let all = says(desk)
            var previous = offset == 0 ? "0-0" : "\(offset)-7"
            for (number, key) in all.enumerated() {
                desk.pushMessages("\(previous) \(offset + number + 1)-7", key)
                previous = "\(offset + number + 1)-7"
            }
            desk.answer(.list(all.indices.map { .bulk("\(offset + $0 + 1)-7") }))
            offset += count
        }
        #expect(desk.events().map(short).count { $0.hasPrefix("placed") } == 452)
    }

    @Test func `A call has about as many bytes as it may`() {
        let (desk, room) = Desk.live { $0.bytesPerCall = 5 }
        desk.publish("aa", "bb", "cc", in: room)
        desk.turn()
        #expect(says(desk) == ["aa", "bb"])
    }

    @Test func `Only so much is on its way in all rooms together`() {
        let desk = Desk { $0.putLimit = 3 }
        let rooms = (0..<5).map { desk.open("room \($0)") }
        desk.up()
        for _ in rooms { desk.answerRead(.tail(true, "0-0")) }
        for room in rooms { desk.publish("a", "b", in: room) }
        #expect(desk.turnNames() == ["r1_put", "r1_put"])
        let names = (0..<5).map { RoomNames("room \($0)", prefix: "roost") }
        for remaining in [1, 1, 1, 0, 0] {
            let stream = desk.expectNext("r1_put")[3]
            let channel = names.first { $0.stream == stream }!.channel
            desk.push(channel, "m 0-0 1-7\n1 1\naA1 1\nbB")
            desk.answer(.texts("1-7", "2-7"))
            #expect(desk.turnNames().count == remaining)
        }
    }

    @Test func `Each call draws another epoch`() {
        let (desk, room) = Desk.live()
        var epochs: Set<String> = []
        for number in 1...20 {
            desk.publish("k\(number)", in: room)
            epochs.insert(desk.turn()[0][8])
            desk.pushMessages("\(number - 1)-\(number == 1 ? 0 : 7) \(number)-7", "k\(number)")
            desk.answer(.texts("\(number)-7"))
        }
        #expect(epochs.count == 20)
    }

    @Test func `A caller who has not the newest message reads, and says the same again`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.list([]))
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        desk.answerRead(.tail(true, "2-9", ["2-9=x"]))
        #expect(saying(desk.commands.unanswered[0].command) == ("2-9", ["b"]))
    }

    @Test func `A place that was not pushed means that the subscription is gone`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.texts("3-7"))
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
        desk.answerRead(.tail(true, "3-7", ["2-7=x", "3-7=b"]))
        #expect(desk.events().map(short) == ["appended 2", "live 3", "placed 1 3-7"])
    }

    /// Since Redis 7.2.
    @Test func `A place that is pushed behind the answer is no reason to read`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.answer(.texts("1-7"))
        desk.pushMessages("0-0 1-7", "a")
        #expect(desk.turnNames() == [])
        #expect(desk.events().map(short) == ["appended 1", "placed 1 1-7"])
    }

    @Test func `What another message stands at is asked for again`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.texts("2-7"))
        desk.turn()
        // It was lost before it was read.
        desk.answerRead(.tail(true, "2-9", ["2-9=x"]))
        #expect(says(desk) == ["b"])
        desk.pushMessages("2-9 3-9", "b")
        desk.answer(.texts("3-9"))
        #expect(desk.events().map(short).suffix(1) == ["placed 1 3-9"])
    }

    @Test func `What Redis has lost before it was read is said again`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.texts("2-7"))
        desk.turn()
        desk.answerRead(.tail(true, "1-7"))
        #expect(says(desk) == ["b"])
    }

    @Test func `What has a place that the log has left behind counts`() {
        let (desk, room) = Desk.live(["500-7=a"])
        desk.publish("b", in: room)
        desk.turn()
        desk.answer(.texts("400-7"))
        #expect(desk.events().map(short) == ["placed 1 400-7"])
    }

    @Test func `When a connection is lost, all that is pending is said again, in its order`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.publish("b", first: 2, in: room)
        desk.cut()
        desk.publish("c", first: 3, in: room)
        desk.up()
        desk.answerRead(.tail(true, "0-0"))
        #expect(says(desk) == ["a", "b", "c"])
    }

    @Test func `What was acknowledged is said again before anything else`() {
        let (desk, room) = Desk.live(["1-7=a", "2-7=b"])
        desk.cut()
        desk.publish("new", in: room)
        desk.up()
        desk.answerRead(.tail(false, "1-9", ["1-9=x"]))
        #expect(says(desk) == ["a", "b", "new"])
        // It is its own only until it is in the log; nobody gets an answer for it.
        desk.pushMessages("1-9 2-9", "a", "b", "new")
        desk.answer(.texts("2-9", "3-9", "4-9"))
        #expect(desk.events().map(short).suffix(2) == ["appended 3", "placed 1 4-9"])
        #expect(desk.turnNames() == [])
    }

    @Test func `What was said again waits when Redis takes no writes`() {
        let (desk, _) = Desk.live(["1-7=a"])
        desk.cut()
        desk.up()
        desk.answerRead(.tail(false, "1-9", ["1-9=x"]))
        desk.answer(.error("MISCONF Errors writing to the AOF file"))
        #expect(desk.turnNames() == [])
        desk.turn(after: Desk.second)
        #expect(says(desk) == ["a"])
    }

    // MARK: Late and refused

    @Test func `A publish that waits for 5 s has an unknown fate, once, and succeeds later`() {
        let (desk, room) = Desk.live()
        desk.cut()
        _ = desk.events()
        desk.publish("a", in: room)
        desk.now += Desk.second
        desk.publish("b", first: 2, in: room)
        desk.turn(after: 4 * Desk.second - 1)
        #expect(desk.events() == [])
        #expect(desk.deadline == desk.now + 1)
        desk.turn(after: 1)
        #expect(desk.events().map(short) == ["delayed 1"])
        #expect(desk.deadline == desk.now + Desk.second)
        desk.turn(after: Desk.second)
        #expect(desk.events().map(short) == ["delayed 2"])
        desk.up()
        desk.answerRead(.tail(true, "0-0"))
        desk.pushMessages("0-0 1-7", "a", "b")
        desk.answer(.texts("1-7", "2-7"))
        #expect(desk.events().map(short).suffix(2) == ["placed 1 1-7", "placed 2 2-7"])
        desk.turn(after: Desk.second)
        #expect(desk.events() == [])
    }

    @Test func `More than may wait is refused`() {
        let (desk, room) = Desk.live { $0.pendingLimit = 2 }
        desk.publish("a", "b", "c", in: room)
        #expect(desk.events() == [.refused(ticket: 3, .tooManyPending)])
    }

    @Test func `A refused message that may have come before is not said to be nowhere`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.cut()
        desk.publish("b", first: 2, in: room)
        desk.up()
        desk.answerRead(.tail(true, "0-0"))
        _ = desk.events()
        desk.answer(.error("MISCONF Errors writing to the AOF file"))
        let error = "MISCONF Errors writing to the AOF file"
        #expect(
            desk.events() == [
                .refused(ticket: 1, .unknown(error)), .refused(ticket: 2, .takesNoWrites(error)),
            ])
    }

    @Test func `A refusal is about the messages of its call`() {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.publish("b", first: 2, in: room)
        desk.answer(.error("WRONGTYPE Operation against a key"))
        #expect(desk.events().map(short) == ["refused 1"])
        desk.turn()
        #expect(says(desk) == ["b"])
    }

    @Test(arguments: [Reply.bulk("1-7"), .texts("1-7", "2-7"), .texts("x"), .list([.number(1)])])
    func `Answers to a publish that make no sense end the connection`(_ answer: Reply) {
        let (desk, room) = Desk.live()
        desk.publish("a", in: room)
        desk.turn()
        desk.answer(answer)
        #expect(desk.events().map(short) == ["notUnderstood r1_put"])
    }
}

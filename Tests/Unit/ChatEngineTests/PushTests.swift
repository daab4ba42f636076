// Pushes: what is appended, what is skipped, and when the room has to be read.
import Testing

@testable import ChatEngine

@Suite struct PushTests {
    /// A push on the log 1-7, 2-7 → the log then, and whether it is read.
    @Test(arguments: [
        ("2-7 3-7\n1 1\ncC", ["1-7=a", "2-7=b", "3-7=c"], false),
        ("2-7 3-9\n1 1\ncC1 1\ndD", ["1-7=a", "2-7=b", "3-9=c", "4-9=d"], false),
        // It is there.
        ("1-7 2-7\n1 1\nbB", ["1-7=a", "2-7=b"], false),
        ("0-0 1-7\n1 1\naA1 1\nbB1 1\ncC", ["1-7=a", "2-7=b", "3-7=c"], false),
        // Something is missing, or another.
        ("3-7 4-7\n1 1\ndD", ["1-7=a", "2-7=b"], true),
        ("2-9 3-9\n1 1\ncC", ["1-7=a", "2-7=b"], true),
        ("1-7 2-9\n1 1\nxX", ["1-7=a", "2-7=b"], true),
        ("0-0 1-9\n1 1\nxX", ["1-7=a", "2-7=b"], true),
        ("2-7 2-8\n1 1\nxX", ["1-7=a", "2-7=b"], true),
        // It is no push of ours.
        ("2-7 3-7\n1 9\ncC", ["1-7=a", "2-7=b"], true),
        ("2-7 3-7\n99999999999999999999 1\nc", ["1-7=a", "2-7=b"], true),
        ("2-7\n", ["1-7=a", "2-7=b"], true),
        ("2-7 3-7\n1 1\ncC?", ["1-7=a", "2-7=b", "3-7=c"], true),
    ])
    func `A push`(_ text: String, _ log: [String], _ isRead: Bool) {
        let (desk, room) = Desk.live(["1-7=a", "2-7=b"])
        desk.push(Desk.room.channel, "m " + text)
        #expect(desk.log(room) == log)
        #expect(desk.isLive(room) != isRead)
        #expect(desk.turnNames() == (isRead ? ["SSUBSCRIBE", "r1_pres", "r1_tail"] : []))
    }

    @Test func `Pushes are dropped until the room was read`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.cut()
        desk.up()
        desk.pushMessages("1-7 2-7", "b")
        #expect(desk.log(room) == ["1-7=a"])
        desk.answerRead(.tail(true, "2-7", ["2-7=b"]))
        desk.pushMessages("2-7 3-7", "c")
        #expect(desk.log(room) == ["1-7=a", "2-7=b", "3-7=c"])
    }

    @Test func `Pushes of other channels, and pushes that are no messages, mean nothing`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.push("elsewhere", "m 1-7 2-7\n1 1\nbB")
        desk.push(Desk.room.channel, "")
        desk.push(Desk.room.channel, "x y")
        desk.push(Desk.probe, "x")
        #expect(desk.log(room) == ["1-7=a"] && desk.isLive(room))
    }

    @Test func `A subscription that Redis has ended by itself is renewed`() {
        let (desk, room) = Desk.live(["1-7=a"])
        desk.push(.values(0x3E, [.bulk("ssubscribe"), .bulk(Desk.room.channel), .number(1)]))
        #expect(desk.isLive(room))
        desk.push(.values(0x3E, [.bulk("sunsubscribe"), .bulk(Desk.room.channel), .number(0)]))
        #expect(desk.turnNames() == ["SSUBSCRIBE", "r1_pres", "r1_tail"])
    }

    @Test func `A log keeps the newest, and a place tells whether it has the rest`() {
        let (desk, room) = Desk.live { $0.keep = 5 }
        for number in 1...12 {
            desk.pushMessages("\(number - 1)-\(number == 1 ? 0 : 7) \(number)-7", "\(number)")
        }
        #expect(desk.log(room) == (8...12).map { "\($0)-7=\($0)" })
        let end = desk.node.serials(in: room).upperBound
        for offset in 0...13 as ClosedRange<UInt64> {
            let expected = (8...12).contains(offset) ? end - Int(12 - offset) : nil
            #expect(desk.serial(behind: offset, 7, room) == expected)
            #expect(desk.serial(behind: offset, 8, room) == nil)
        }
        #expect(desk.serial(behind: 0, 0, room) == nil)
    }

    @Test func `A reader of nothing goes on in a room that is there from its start`() {
        let (desk, room) = Desk.live()
        #expect(desk.serial(behind: 0, 0, room) == 0)
        desk.pushMessages("0-0 1-7", "a", "b")
        #expect(desk.serial(behind: 0, 0, room) == 0)
        #expect(desk.serial(behind: 1, 7, room) == 1)
    }
}

// Due times, and that a stalled server is charged with all messages that were due meanwhile.
import Testing

@testable import bench

@Suite struct OpenLoopTests {
    /// A server that takes 1 ms for each message, one after another, and stops for a second at 2 s.
    struct StallingServer {
        private var freeAt: UInt64 = 0

        mutating func reply(to arrival: UInt64) -> UInt64 {
            var start = max(arrival, freeAt)
            if start >= 2_000_000_000, start < 3_000_000_000 { start = 3_000_000_000 }
            freeAt = start + 1_000_000
            return freeAt
        }
    }

    @Test func `Coordinated omission shows in a closed loop and not in an open one`() {
        let end: UInt64 = 10_000_000_000
        // Open: 100 a second, sent when due.
        var server = StallingServer()
        var schedule = Schedule(start: 0, rate: 100)
        var open = Latencies()
        while let (_, due) = schedule.take(by: end, before: end) {
            open.record(server.reply(to: due) - due)
        }
        // Closed: one at a time, sent 9 ms after the reply before, which is about 100 a second too.
        server = StallingServer()
        var closed = Latencies()
        var now: UInt64 = 0
        while now < end {
            let reply = server.reply(to: now)
            closed.record(reply - now)
            now = reply + 9_000_000
        }
        #expect(open.count == 1000)
        #expect((850...1000).contains(closed.count))
        // A tenth of the messages were due while it was stopped.
        #expect(open.percentile(99) > 900_000_000)
        #expect(open.percentile(95) > 400_000_000)
        #expect((980_000_000...1_010_000_000).contains(open.maximum))
        // In the closed loop only one message was late.
        #expect(closed.percentile(99) < 2_000_000)
        #expect(open.percentile(50) < 2_000_000)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `Generators share a schedule without gap or overlap`(count: Int) {
        var numbers: [Int] = []
        for offset in 0..<count {
            var schedule = Schedule(start: 500, rate: 1234.5, offset: offset, stride: count)
            while let (number, due) = schedule.take(by: .max, before: 500 + 100_000_000) {
                numbers.append(number)
                #expect(due == 500 + UInt64(Double(number) / 1234.5 * 1e9))
            }
        }
        #expect(numbers.sorted() == Array(0..<124))
    }

    @Test func `Nothing is due early, and late messages are not skipped`() {
        var schedule = Schedule(start: 1000, rate: 1e6)
        #expect(schedule.take(by: 999, before: .max) == nil)
        #expect(schedule.take(by: 1000, before: .max)?.due == 1000)
        #expect(schedule.take(by: 1999, before: .max) == nil)
        var count = 1
        while schedule.take(by: 1_001_000, before: .max) != nil { count += 1 }
        #expect(count == 1001)
    }

    @Test func `Only messages due while measuring are measured`() {
        let timing = Timing(begin: 0, measureFrom: 100, measureUntil: 200, intervalCount: 4)
        #expect(
            [0, 99, 100, 199, 200].map { timing.isMeasured($0) } == [
                false, false, true, true, false,
            ])
        #expect([100, 124, 125, 150, 199].map { timing.interval(of: $0) } == [0, 0, 1, 2, 3])
        // A length that does not divide evenly has no interval beyond the last.
        let odd = Timing(begin: 0, measureFrom: 0, measureUntil: 103, intervalCount: 10)
        #expect(odd.interval(of: 102) == 9)
        #expect(Timing.intervals(for: 0.1) == 4)
        #expect(Timing.intervals(for: 3) == 30)
        #expect(Timing.intervals(for: 600) == 60)
    }

    @Test func `A shortened time keeps its intervals, and the last is shorter`() {
        let timing = Timing(begin: 0, measureFrom: 1000, measureUntil: 2000, intervalCount: 10)
        let cases: [(until: UInt64, end: UInt64, count: Int)] = [
            (1250, 1250, 3), (1300, 1300, 3), (1301, 1301, 4), (1001, 1001, 1), (500, 1000, 1),
            (9000, 2000, 10),
        ]
        for (until, end, count) in cases {
            let shortened = timing.shortened(until: until)
            #expect(shortened.measureUntil == end && shortened.intervalCount == count)
            #expect(shortened.intervalLength == timing.intervalLength)
            #expect(!shortened.isMeasured(end))
        }
        #expect(timing.shortened(until: 1250).interval(of: 1249) == 2)
    }

    @Test func `The last interval of an interrupted run has the rate of its own length`() {
        let timing = Timing(
            begin: 0, measureFrom: 0, measureUntil: 10_000_000_000, intervalCount: 10
        ).shortened(until: 2_250_000_000)
        var tally = Tally(intervals: 10)
        tally.countedByInterval = [100, 100, 25, 0, 0, 0, 0, 0, 0, 0]
        var run = Run(seconds: timing.measuredSeconds)
        run.take(tally, timing, [])
        #expect(run.timeline.map(\.perSecond) == [100, 100, 100])
        #expect(run.timeline.map(\.at) == [0, 1, 2])
    }
}

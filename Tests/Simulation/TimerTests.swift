// Timers of a handler: when they come, in which order, with which connection they end.
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer

extension TimerName {
    fileprivate static let idle: TimerName = 1
    fileprivate static let reminder: TimerName = 2
    /// Is set anew each time.
    fileprivate static let steady: TimerName = 3
}

/// Records the timers that come.
private struct Alarms: TimerHandler {
    struct Record: Equatable {
        let name: TimerName
        let id: ConnectionID?
        let time: Instant
    }

    var open: [ConnectionID] = []
    var records: [Record] = []
    var work = 0

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) { open.append(id) }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        let isSet = io.setTimer(.idle, after: .zero, for: id)
        #expect(!isSet)
        open.removeAll { $0 == id }
    }

    func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.setTimer(.idle, after: .seconds(5), for: id)
    }

    mutating func onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext) {
        records.append(Record(name: timer, id: id, time: io.now))
        if timer == .steady { io.setTimer(.steady, after: .seconds(1)) }
        if timer == .idle, let id { io.close(id, code: .goingAway, reason: "idle") }
        io.charge(work)
    }
}

/// Ticks of the wheel: how late a timer may be.
private let lateness = Duration.nanoseconds(2 << 26)

@Suite(.overTLSToo) struct TimerTests {
    @Test func `A timer comes once, not early, and hardly late`() throws {
        var simulation = try Simulation(Alarms())
        simulation.settle()
        let start = simulation.core.io.now
        for (number, delay) in [0, 1, 66, 67, 68, 999, 5_000, 100_000].enumerated() {
            let name = TimerName(rawValue: UInt64(100 + number))
            simulation.core.io.setTimer(name, after: .milliseconds(delay))
            let left = simulation.core.io.remainingTime(of: name)
            #expect(left == .milliseconds(delay))
        }
        #expect(simulation.core.io.gauges().timerCount == 8)
        simulation.run(for: .seconds(200))
        #expect(simulation.handler.records.map(\.name.rawValue) == Array(100..<108))
        for (record, delay) in zip(
            simulation.handler.records, [0, 1, 66, 67, 68, 999, 5_000, 100_000])
        {
            let wait = record.time.since(start)
            #expect(wait >= .milliseconds(delay) && wait <= .milliseconds(delay) + lateness)
        }
        #expect(simulation.core.io.gauges().timerCount == 0)
    }

    @Test func `A timer that is set with each message comes after a silence`() throws {
        var simulation = try Simulation(Alarms())
        let client = simulation.open()
        for _ in 0..<10 {
            client.send("still here")
            simulation.run(for: .seconds(4))
        }
        #expect(simulation.handler.records.isEmpty)
        simulation.run(for: .seconds(2))
        #expect(simulation.handler.records.map(\.name) == [.idle])
        #expect(client.closeCode == 1001)
    }

    @Test func `A steady timer comes once a second, and wakes a loop that has nothing to do`()
        throws
    {
        var simulation = try Simulation(Alarms()) { $0.tickInterval = .seconds(60) }
        simulation.settle()
        simulation.core.io.setTimer(.steady, after: .seconds(1))
        let turns = simulation.core.io.statistics.turnCount
        simulation.run(for: .seconds(30))
        #expect((26...30).contains(simulation.handler.records.count))
        #expect(simulation.core.io.statistics.turnCount - turns < 150)
    }

    @Test func `A timer of ages is due in a year, and one of the past with the next tick`() throws {
        var simulation = try Simulation(Alarms())
        simulation.settle()
        for (name, delay) in [(10, Duration.seconds(Int64.max / 2)), (11, .seconds(-5))] {
            simulation.core.io.setTimer(TimerName(rawValue: UInt64(name)), after: delay)
        }
        #expect(simulation.core.io.remainingTime(of: 10) == .seconds(365 * 86_400))
        simulation.run(for: .seconds(1))
        #expect(simulation.handler.records.map(\.name) == [11])
    }

    @Test func `Timers of a connection end with it, and those of others do not`() throws {
        var simulation = try Simulation(Alarms())
        let clients = (0..<3).map { _ in simulation.open() }
        let open = simulation.handler.open
        for id in open { simulation.core.io.setTimer(.reminder, after: .seconds(3), for: id) }
        simulation.core.io.setTimer(.reminder, after: .seconds(3))
        simulation.core.io.cancelTimer(.reminder, for: open[0])
        simulation.network.sockets[clients[1].socket]!.isReset = true
        simulation.settle()
        #expect(simulation.core.io.gauges().timerCount == 2)
        // Another connection in the same slot.
        _ = simulation.open()
        simulation.core.io.cancelTimer(.reminder, for: simulation.handler.open.last!)
        simulation.run(for: .seconds(4))
        #expect(simulation.handler.records.map(\.id) == [open[2], nil])
    }

    @Test func `As many timers as the limit says are set, and a change of one is none more`() throws
    {
        var limits = Limits()
        limits.timerCount = 3
        var simulation = try Simulation(Alarms(), limits: limits)
        simulation.settle()
        var set: [Bool] = []
        for name in 10..<15 as Range<UInt64> {
            set.append(
                simulation.core.io.setTimer(TimerName(rawValue: name), after: .seconds(1)))
        }
        #expect(set == [true, true, true, false, false])
        let isSetAgain = simulation.core.io.setTimer(10, after: .seconds(2))
        #expect(isSetAgain)
        simulation.run(for: .seconds(3))
        #expect(simulation.handler.records.map(\.name) == [11, 12, 10])
    }

    @Test func `Timers that are due at once are called within the turn's work, in order`() throws {
        var limits = Limits()
        limits.workPerTurn = 1 << 20
        var handler = Alarms()
        handler.work = 100_000
        var simulation = try Simulation(handler, limits: limits)
        let client = simulation.open()
        client.read()
        for name in 100..<200 as Range<UInt64> {
            simulation.core.io.setTimer(TimerName(rawValue: name), after: .milliseconds(10))
        }
        simulation.settle()
        simulation.network.clock = simulation.network.clock + .seconds(1)
        var before = 0
        while simulation.handler.records.count < 100 {
            client.send(9, [])
            simulation.turn()
            #expect(client.takeFrames().map(\.opcode) == [10])
            #expect((1...12).contains(simulation.handler.records.count - before))
            before = simulation.handler.records.count
            // The last of them is cancelled when it is due already.
            if before > 50 { simulation.core.io.cancelTimer(199) }
            if before == 99 { break }
        }
        simulation.settle()
        #expect(simulation.handler.records.map(\.name.rawValue) == Array(100..<199))
    }

    /// A model has the timers in a list.
    @Test(arguments: 1...20)
    func `Random schedules come as a model says`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var simulation = try Simulation(Alarms(), seed: UInt64(seed))
        var clients = (0..<4).map { _ in simulation.open() }
        var model: [(name: UInt64, id: ConnectionID?, deadline: Instant)] = []
        var taken = 0
        for _ in 0..<300 {
            let owner = ([nil] + simulation.handler.open).randomElement(using: &random)!
            let name = UInt64.random(in: 10...14, using: &random)
            let same = { (timer: (name: UInt64, id: ConnectionID?, deadline: Instant)) in
                timer.name == name && timer.id == owner
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<6:
                // Few different delays, so that some are equal.
                let delay = Duration.milliseconds(
                    [0, 50, 100, 500, 500, 900, 70_000].randomElement(using: &random)!)
                model.removeAll(where: same)
                model.append((name, owner, simulation.core.io.now + delay))
                simulation.core.io.setTimer(TimerName(rawValue: name), after: delay, for: owner)
            case 6:
                model.removeAll(where: same)
                simulation.core.io.cancelTimer(TimerName(rawValue: name), for: owner)
            case 7:
                let gone = clients.remove(at: Int.random(in: 0..<4, using: &random))
                simulation.network.sockets[gone.socket]!.isReset = true
                // What is due before the end is seen, or after it, is a matter of the wheel.
                simulation.settle()
                clients.append(simulation.open())
            case 8: try simulation.handOver()
            default:
                simulation.run(
                    for: .milliseconds([10, 70, 300, 2_000].randomElement(using: &random)!))
            }
            let came = simulation.handler.records[taken...]
            taken = simulation.handler.records.count
            for record in came {
                let expected = model.enumerated().min {
                    ($0.element.deadline, $0.offset) < ($1.element.deadline, $1.offset)
                }!
                #expect(record.name.rawValue == expected.element.name)
                #expect(record.id == expected.element.id)
                #expect(record.time >= expected.element.deadline)
                model.remove(at: expected.offset)
            }
            model.removeAll { timer in
                timer.id.map { !simulation.handler.open.contains($0) } ?? false
            }
            let now = simulation.core.io.now
            #expect(model.allSatisfy { $0.deadline + lateness > now })
            #expect(simulation.core.io.timers.count == model.count)
        }
    }
}

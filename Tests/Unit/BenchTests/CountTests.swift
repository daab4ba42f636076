// What arrives is what was sent: counts, histograms, and how a load is cut into parts.
import Foundation
import Testing

@testable import bench

@Suite struct CountTests {
    private func tally(sent: [UInt32], received: [UInt32], members: Int = 1) -> [String: Int] {
        var tally = Tally(intervals: 4)
        for sequence in sent {
            tally.expect(Stamp(due: 0, sender: 1, sequence: sequence), by: members)
        }
        for sequence in received {
            tally.delivered(Stamp(due: 1, sender: 1, sequence: sequence))
        }
        tally.settle()
        return tally.failures
    }

    @Test func `Lost, doubled and mixed-up messages are failures`() {
        #expect(tally(sent: [0, 1, 2], received: [2, 0, 1]).isEmpty)
        #expect(tally(sent: [0, 1, 2], received: [0, 1]) == [FailureKind.lost: 1])
        #expect(tally(sent: [0, 1], received: [0, 1, 1, 1]) == [FailureKind.surplus: 2])
        #expect(tally(sent: [0, 1, 2], received: [0, 1, 1]) == [FailureKind.mixedUp: 1])
        #expect(tally(sent: [4], received: [4, 4, 4], members: 3).isEmpty)
        #expect(tally(sent: [4], received: [4], members: 3) == [FailureKind.lost: 2])
    }

    @Test func `What one generator sends and another receives adds up`() {
        var (first, second) = (Tally(intervals: 4), Tally(intervals: 4))
        let stamp = Stamp(due: 0, sender: 0, sequence: 0)
        first.expect(stamp, by: 2)
        first.delivered(stamp)
        second.delivered(stamp)
        second.fail("odd", 3)
        second.extras["x"] = 2
        first.add(second)
        first.settle()
        #expect(first.failures == ["odd": 3])
        #expect(first.extras == ["x": 2])
        #expect(first.missing == 0)
    }

    @Test func `Latencies come through JSON as they were`() throws {
        var latencies = Latencies()
        var random = SplitMix(state: 7)
        for _ in 0..<5000 { latencies.record(random.next() % 3_000_000_000) }
        latencies.record(.max)
        let copy = try JSONDecoder().decode(
            Latencies.self, from: JSONEncoder().encode(latencies))
        #expect(copy.count == latencies.count)
        #expect(copy.maximum == latencies.maximum)
        // The minimum is known only by its bucket.
        #expect(abs(Double(copy.percentile(0)) / Double(latencies.percentile(0)) - 1) < 0.001)
        for percent in [1, 50, 90, 99, 99.9, 100.0] {
            #expect(copy.percentile(percent) == latencies.percentile(percent))
        }
    }

    @Test func `Percentiles are right to a tenth of a per cent`() throws {
        var latencies = Latencies()
        for microseconds in 1...10_000 as ClosedRange<UInt64> {
            latencies.record(microseconds * 1000)
        }
        let percentiles = try #require(Percentiles(latencies))
        for (found, wanted) in [
            (percentiles.p50, 5000), (percentiles.p90, 9000), (percentiles.p99, 9900),
            (percentiles.p999, 9990), (percentiles.max, 10_000),
        ] as [(Double, Double)] {
            #expect(abs(found / wanted - 1) < 0.002)
        }
        #expect(Percentiles(Latencies()) == nil)
        let curve = Point.curve(of: latencies)
        #expect(curve.first?.percentile == 0)
        #expect(curve.last == Point(percentile: 100, microseconds: 10_000))
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.microseconds <= $1.microseconds })
    }

    @Test(arguments: [(1, 1), (10, 1), (12, 3), (1000, 500), (7, 3)], 1...3)
    func `The connections of each room are spread over the servers`(
        size: (connections: Int, rooms: Int), servers: Int
    ) {
        var plan = LoadPlan(kind: .rooms)
        plan.urls = (1...servers).map { "ws://a\($0)" }
        plan.rooms = size.rooms
        for room in 0..<size.rooms {
            var counts = [Int](repeating: 0, count: servers)
            for connection in 0..<size.connections where plan.room(of: connection) == room {
                counts[plan.server(of: connection)] += 1
            }
            #expect(counts.max()! - counts.min()! <= 1)
        }
    }

    @Test(arguments: [(1, 1, 1), (10, 3, 1), (1000, 7, 500), (20, 4, 3), (5, 8, 5)])
    func `The parts of a load are the whole`(connections: Int, workers: Int, rooms: Int) {
        var plan = LoadPlan(kind: .rooms)
        plan.totalConnections = connections
        plan.rooms = rooms
        plan.neverReadCount = 11
        plan.speakersPerRoom = 2
        let parts = plan.divided(among: workers)
        #expect(parts.count == workers)
        var next = 0
        for part in parts {
            #expect(part.firstConnection == next)
            next += part.connectionCount
        }
        #expect(next == connections)
        #expect(parts.map(\.neverReadCount).reduce(0, +) == 11)
        for room in 0..<rooms {
            let members = (0..<connections).filter { plan.room(of: $0) == room }.count
            #expect(plan.members(of: room) == members)
            #expect(parts.map { $0.ownMembers(of: room) }.reduce(0, +) == members)
        }
        let speakers = (0..<connections).filter { plan.isSpeaker($0) }.count
        #expect(speakers == min(connections, 2 * rooms))
    }

    @Test func `Descriptors and ports decide how many processes and addresses it takes`() throws {
        var plan = LoadPlan(kind: .idle)
        plan.totalConnections = 40_000
        let job = Job(
            load: "idle", title: "", unit: "", plan: plan, warmup: 0, seconds: 1, threads: 2,
            serverCommand: .init(arguments: [], name: ""))
        #expect(job.workerCount(perProcess: 19_900) == 3)
        #expect(job.workerCount(perProcess: 100_000) == 2)

        func sources(_ count: Int, loopback: Bool = true, named: [String] = []) throws -> [String] {
            try Sources.addresses(
                for: count, toLoopback: loopback, named: named, portsPerAddress: 28_000)
        }
        #expect(try sources(28_000) == [])
        #expect(try sources(28_001) == ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
        #expect(try sources(14_000 * 300).last == "127.0.1.44")
        #expect(try sources(50_000, loopback: false, named: ["10.0.0.1", "10.0.0.2"]).count == 2)
        #expect(throws: Sources.Shortage(needed: 2)) { try sources(50_000, loopback: false) }
        #expect(throws: Sources.Shortage(needed: 2)) { try sources(50_000, named: ["127.0.0.9"]) }
    }
}

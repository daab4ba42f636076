// Hand-overs between two versions at random moments, and what was under way at those moments.
import LinuxReactor
import Synchronization
import Testing

@testable import WebSocketServer
@testable internal import WebSocketServerTesting

/// What may be under way when another process takes over.
enum UnderWay: String, CaseIterable {
    case sweep, handshake, fragmentedMessage, compressedMessage, upload, longPoll, eventStream
    case backlog, outgoingConnect, halfHead, unsentOutput, close
}

/// How often hand-overs have met each of these.
final class HandOverCensus: Sendable {
    /// That of the suite that is running, if it counts.
    @TaskLocal static var current: HandOverCensus?

    private let counts = Mutex<(runs: Int, met: [UnderWay: Int])>((0, [:]))

    /// How many runs there were.
    var runCount: Int { counts.withLock { $0.runs } }
    /// What no hand-over has met.
    var missing: [UnderWay] {
        counts.withLock { counts in UnderWay.allCases.filter { counts.met[$0] == nil } }
    }

    func beginRun() { counts.withLock { $0.runs += 1 } }

    func count(_ met: Set<UnderWay>) {
        counts.withLock { counts in for state in met { counts.met[state, default: 0] += 1 } }
    }
}

/// Fails a suite in whose runs no hand-over has met one of the states, if at least this many runs
/// have counted: all of them, and not a few that somebody has chosen.
struct MeetsEveryState: SuiteTrait, TestScoping {
    let leastRunCount: Int

    func provideScope(
        for test: Test, testCase: Test.Case?, performing run: @Sendable () async throws -> Void
    ) async throws {
        let census = HandOverCensus()
        try await HandOverCensus.$current.withValue(census) { try await run() }
        guard census.runCount >= leastRunCount else { return }
        let missing = census.missing.map(\.rawValue)
        #expect(missing.isEmpty, "No hand-over of \(census.runCount) runs has met these.")
    }
}

extension HandOverForm {
    /// That of a later version, which has more fields in every record. Programs of this version
    /// read it.
    static var later: HandOverForm {
        HandOverForm(
            version: current.version + 1, minimumReaderVersion: current.version,
            oldestReadableVersion: current.oldestReadableVersion, surplus: [0xA5, 1, 2, 0xFF])
    }
}

extension Simulation where Handler: ~Copyable {
    /// A process of this version or of a later one takes over, with the same handler.
    mutating func handOverToAnyVersion(_ random: inout SeededGenerator) throws {
        nextForm = Bool.random(using: &random) ? .current : .later
        HandOverCensus.current?.count(core.underWay)
        try handOver()
    }
}

extension ServerCore where K: ~Copyable {
    fileprivate var underWay: Set<UnderWay> {
        var states: Set<UnderWay> = []
        for variant in io.topics.variants.indices
        where io.topics.variants[variant].subscribers.count > 0
            && io.topics.variants[variant].unsweptByteCount > 0
        {
            states.insert(.sweep)
        }
        for slot in io.connections.slots.indices {
            io.connections.slots[slot].add(to: &states)
            let exchange = io.connections.slots[slot].exchange
            switch io.connections.slots[slot].phase {
            case .deciding: states.insert(.handshake)
            case .body where io.http.exchanges[exchange].body.count > 0: states.insert(.upload)
            case .responding where io.http.exchanges[exchange].response == .none:
                states.insert(.longPoll)
            case .streaming: states.insert(.eventStream)
            case .connecting, .awaitingAnswer: states.insert(.outgoingConnect)
            default: break
            }
            if io.connections.slots[slot].delivery.isBlocked,
                io.topics.backlogByteCount(io.connections.slots[slot].delivery) > 0
            {
                states.insert(.backlog)
            }
        }
        return states
    }
}

extension Connection {
    fileprivate func add(to states: inout Set<UnderWay>) {
        switch phase {
        case .head: if !pendingInput.isEmpty { states.insert(.halfHead) }
        case .webSocket:
            if session != .open { states.insert(.close) }
            let (fragmentCount, kind) = (decoder.state[2], decoder.state[5])
            if kind & 0x100 != 0 { states.insert(.compressedMessage) }
            if kind != 0, fragmentCount > 1 { states.insert(.fragmentedMessage) }
        default: break
        }
        if phase != .free, !delivery.outbox.bytes.isEmpty { states.insert(.unsentOutput) }
    }
}

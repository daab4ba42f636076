// What one generator counts: messages, latencies, failures, and whether everything arrived.
import SystemdSupport

/// The counts of one generator, or of several added up.
struct Tally: Codable, Sendable {
    /// Connections that were opened, all in all.
    var opened = 0
    /// Messages sent and received over the whole run, warm-up included.
    var sent = 0
    var received = 0
    /// Units counted while measuring: messages, deliveries or cycles.
    var counted = 0
    /// How many of `counted` came in each interval.
    var countedByInterval: [Int]
    /// Bytes of the payloads in `counted`, and of whole messages over the whole run.
    var countedBytes = 0
    /// Bytes on the wire while measuring, to and from the server, headers and all.
    var wireSent = 0
    var wireReceived = 0
    /// Requests answered while measuring; for `polling` only.
    var requests = 0
    /// The time from due to received, of messages that were due while measuring.
    var latencies = Latencies()
    /// The same for each interval, less precisely.
    var latenciesByInterval: [Latencies]
    /// How late the generator itself was: from due to handed over for sending. Open loop only.
    var lateness = Latencies(digits: .two)
    /// From connect to the open WebSocket, of all that were opened.
    var handshakes = Latencies(digits: .two)
    /// From the time at which a client was to come back to its room's `joined`.
    var resumes = Latencies(digits: .two)
    /// The longest waits, where the plan asks for them.
    var waits = Waits()
    /// When the last client was back.
    var lastBackAt: UInt64 = 0
    /// Figures of a single kind of load, by their names in the report.
    var extras: [String: Double] = [:]
    /// How often each kind of failure happened; empty without failures.
    var failures: [String: Int] = [:]

    /// Messages that should arrive, and that did: their number, and the sum of their fingerprints.
    /// A message that is lost, doubled, or delivered to the wrong connection makes them differ.
    var expectedDeliveries = 0
    var expectedSum: UInt64 = 0
    var deliveries = 0
    var deliveredSum: UInt64 = 0

    init(intervals: Int) {
        countedByInterval = [Int](repeating: 0, count: intervals)
        latenciesByInterval = (0..<intervals).map { _ in Latencies(digits: .two) }
    }

    mutating func fail(_ kind: String, _ count: Int = 1) {
        guard count > 0 else { return }
        // It may quote the server, at any length.
        failures[TerminalText.line(String(kind.prefix(200))), default: 0] += count
    }

    /// A message was sent that this number of connections should receive.
    mutating func expect(_ stamp: Stamp, by members: Int) {
        expectedDeliveries += members
        expectedSum &+= stamp.fingerprint &* UInt64(members)
    }

    mutating func delivered(_ stamp: Stamp) {
        deliveries += 1
        deliveredSum &+= stamp.fingerprint
    }

    /// How many deliveries are still to come.
    var missing: Int { expectedDeliveries - deliveries }

    mutating func add(_ other: Tally) {
        opened += other.opened
        sent += other.sent
        received += other.received
        counted += other.counted
        countedBytes += other.countedBytes
        wireSent += other.wireSent
        wireReceived += other.wireReceived
        requests += other.requests
        for index in countedByInterval.indices where index < other.countedByInterval.count {
            countedByInterval[index] += other.countedByInterval[index]
            latenciesByInterval[index].add(other.latenciesByInterval[index])
        }
        latencies.add(other.latencies)
        lateness.add(other.lateness)
        handshakes.add(other.handshakes)
        resumes.add(other.resumes)
        waits.add(other.waits)
        lastBackAt = max(lastBackAt, other.lastBackAt)
        extras.merge(other.extras) { $0 + $1 }
        failures.merge(other.failures) { $0 + $1 }
        expectedDeliveries += other.expectedDeliveries
        expectedSum &+= other.expectedSum
        deliveries += other.deliveries
        deliveredSum &+= other.deliveredSum
    }

    /// Called when nothing more arrives: messages that did not arrive, that arrived twice or
    /// that were not sent become failures. Called for the sum of all generators, since one may
    /// receive what another sends.
    mutating func settle() {
        fail(FailureKind.lost, missing)
        fail(FailureKind.surplus, -missing)
        // As many as were sent, but not the same: one lost and another doubled.
        if missing == 0, expectedSum != deliveredSum { fail(FailureKind.mixedUp) }
    }
}

/// The names of failures that are counted in more than one place.
enum FailureKind {
    static let lost = "messages lost"
    static let surplus = "messages received twice"
    static let mixedUp = "messages lost and others received twice"
    static let reordered = "messages out of order"
    static let wrongReply = "replies out of turn, or to others"
    static let damaged = "messages damaged: cut, changed or extended"
    static let wrongType = "messages as text instead of binary, or the other way round"
    static let unasked = "messages not asked for"
    static let overrun = "messages not sent: too many unanswered"
    static let unfinished = "connections not ready in time"
    static let notResumed = "TLS sessions that the server would not resume"
    static let serverGone = "server ended"
    static let generatorGone = "generator ended early"
    static let generatorSilent = "generator did not report in time"
}

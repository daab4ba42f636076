// What every load works with: its connections, the clock, the counts, and the way to send.
import LinuxReactor
import WebSocketServer

/// One connection of the load, which may be opened more than once in its life.
struct Member {
    enum State: Equatable { case absent, connecting, joining, ready, gone }

    var state = State.absent
    var id = ConnectionID(resourceID: 0, slot: .max)
    /// When the latest connect began.
    var connectedAt: UInt64 = 0
    /// The number of its next message.
    var sequence: UInt32 = 0
    /// What has come over the connection: a message of the load, and one of the server's own.
    var hasHeard = false
    var wasGreeted = false
}

/// The state of one generator, lent to the load for each event.
struct LoadState {
    let plan: LoadPlan
    var tally: Tally
    var members: [Member]
    /// Set once the coordinator has ordered the start.
    var timing: Timing?
    /// Whether new messages may be sent: from the beginning to the end of measuring.
    var isSending = false
    /// The server greets new connections.
    private var isGreeting = false
    /// Ctrl-C ends measuring early.
    var isInterrupted = false
    /// How many connections are ready, and how many are still opening or joining.
    private(set) var readyCount = 0
    private(set) var connectingCount = 0
    /// The time of the last progress: opening and draining are given up only without any.
    var lastProgress: UInt64 = 0
    private var memberOfSlot: [Int32] = []
    /// How to connect, by the place in ``LoadPlan/urls``.
    private let requests: [ConnectRequest]
    private let sources: [NetworkAddress]
    private let template: MessageTemplate
    private let replyForm: ReplyForm
    let payload: Payload
    private let joins: [MessageTemplate]
    private var bytes: [UInt8] = []

    init(_ plan: LoadPlan) throws {
        self.plan = plan
        tally = Tally(intervals: plan.intervalCount)
        members = Array(repeating: Member(), count: plan.connectionCount + plan.neverReadCount)
        requests = try plan.urls.map {
            var request = try ConnectRequest($0)
            request.subprotocols = plan.subprotocols
            if request.url.isSecure {
                request.tls = try plan.trust.settings(resumes: plan.resumesSessions)
            }
            return request
        }
        sources = plan.sources.compactMap { NetworkAddress(numeric: $0, port: 0) }
        template = try MessageTemplate(plan.template, size: plan.size)
        replyForm = try ReplyForm(plan, template)
        payload = Payload(byteCount: plan.size, run: plan.run)
        joins = try plan.join.map { try MessageTemplate($0, size: plan.size) }
    }

    /// Whether the connections speak TLS.
    var isEncrypted: Bool { requests[0].url.isSecure }

    // MARK: Members

    /// The number of a connection among all of the load. Connections that never read come after all
    /// that do.
    func number(of member: Int) -> Int {
        member < plan.connectionCount
            ? plan.firstConnection + member
            : plan.totalConnections + plan.worker * 65536 + member - plan.connectionCount
    }

    /// The room of a connection; connections that never read are in room 0.
    func room(of member: Int) -> Int {
        member < plan.connectionCount ? plan.room(of: plan.firstConnection + member) : 0
    }

    /// The connection with this number, if it belongs to this generator.
    func member(numbered number: Int) -> Int? {
        let member = number - plan.firstConnection
        return member >= 0 && member < plan.connectionCount ? member : nil
    }

    func isNeverReading(_ member: Int) -> Bool { member >= plan.connectionCount }

    func member(_ id: ConnectionID) -> Int? {
        guard Int(id.slot) < memberOfSlot.count, memberOfSlot[Int(id.slot)] >= 0 else { return nil }
        let member = Int(memberOfSlot[Int(id.slot)])
        return members[member].id == id ? member : nil
    }

    mutating func connect(_ member: Int, _ io: inout ServerContext) {
        var request = requests[plan.server(of: number(of: member))]
        if !sources.isEmpty { request.source = sources[number(of: member) % sources.count] }
        let id = io.connect(request)
        while memberOfSlot.count <= Int(id.slot) { memberOfSlot.append(-1) }
        memberOfSlot[Int(id.slot)] = Int32(member)
        members[member].id = id
        members[member].connectedAt = Clock.now
        members[member].hasHeard = false
        members[member].wasGreeted = false
        change(member, to: .connecting)
    }

    mutating func change(_ member: Int, to state: Member.State) {
        func isUnderWay(_ state: Member.State) -> Bool { state == .connecting || state == .joining }
        let old = members[member].state
        connectingCount += (isUnderWay(state) ? 1 : 0) - (isUnderWay(old) ? 1 : 0)
        readyCount += (state == .ready ? 1 : 0) - (old == .ready ? 1 : 0)
        members[member].state = state
    }

    // MARK: Sending

    func user(of member: Int) -> [UInt8] { plan.user(numbered: number(of: member)) }

    func room(named member: Int) -> [UInt8] { plan.name(ofRoom: room(of: member)) }

    /// Sends the next message of a connection, due at `due`, and returns its stamp.
    mutating func send(from member: Int, due: UInt64, _ io: inout ServerContext) -> Stamp {
        let stamp = Stamp(
            due: due &- plan.epoch, sender: UInt32(number(of: member)),
            sequence: members[member].sequence)
        members[member].sequence = (members[member].sequence + 1) & Stamp.sequenceMask
        fill(template, stamp, room: room(of: member))
        send(bytes.span, from: member, &io)
        tally.sent += 1
        return stamp
    }

    /// Sends what `--join` says, in order.
    mutating func sendJoins(from member: Int, _ io: inout ServerContext) {
        for join in joins {
            let stamp = Stamp(due: 0, sender: UInt32(number(of: member)), sequence: 0)
            fill(join, stamp, room: room(of: member))
            send(bytes.span, from: member, &io)
        }
    }

    private mutating func fill(_ template: MessageTemplate, _ stamp: Stamp, room: Int) {
        let names = template.needsNames
        template.fill(
            &bytes, stamp, payload, room: names ? plan.name(ofRoom: room) : [],
            user: names ? plan.user(numbered: Int(stamp.sender)) : [])
    }

    private func send(_ bytes: Span<UInt8>, from member: Int, _ io: inout ServerContext) {
        if plan.isBinary {
            io.send(binary: bytes, to: members[member].id)
        } else {
            io.send(text: bytes, to: members[member].id)
        }
    }

    // MARK: Receiving

    /// The stamp of a received message of the load; nil if the message is something else. What is
    /// wrong with its form is counted as a failure here.
    mutating func recognise(_ message: borrowing Message, by member: Int) -> Stamp? {
        guard let found = payload.find(in: message.bytes) else { return nil }
        members[member].hasHeard = true
        if message.isText != replyForm.isText { tally.fail(FailureKind.wrongType) }
        if !isIntact(found, message.bytes) { tally.fail(FailureKind.damaged) }
        return found.stamp
    }

    private mutating func isIntact(_ found: Payload.Found, _ message: Span<UInt8>) -> Bool {
        switch replyForm.surroundings {
        case .none: return found.isWhole && message.count == payload.byteCount
        case .any: return payload.isBounded(found, in: message)
        case .template(let template):
            let sender = Int(found.stamp.sender)
            fill(
                template, found.stamp,
                room: sender < plan.totalConnections ? plan.room(of: sender) : 0)
            return message.isEqual(to: bytes.span)
        }
    }

    /// A message that is not one of the load. A server may greet each connection once, before the
    /// load's first message to it; a greeting that comes after the load began is one only if the
    /// server greeted others before. What a server replies to a `--join` is not known.
    mutating func receivedOther(by member: Int) {
        guard plan.join.isEmpty else { return }
        if timing == nil || plan.kind == .churn { isGreeting = true }
        if members[member].hasHeard || members[member].wasGreeted || !isGreeting {
            tally.fail(FailureKind.unasked)
        }
        members[member].wasGreeted = true
    }

    // MARK: Counting

    /// Counts one unit of the load, which happened now: a reply, a delivery, a whole cycle.
    mutating func count(at now: UInt64, bytes: Int) {
        lastProgress = now
        guard let timing, timing.isMeasured(now) else { return }
        tally.counted += 1
        tally.countedBytes += bytes
        tally.countedByInterval[timing.interval(of: now)] += 1
    }

    /// Records the latency of a message that was due at `due` and has been answered now.
    mutating func record(due: UInt64, at now: UInt64) {
        guard let timing, timing.isMeasured(due) else { return }
        let latency = now &- due
        tally.latencies.record(latency)
        tally.latenciesByInterval[timing.interval(of: due)].record(latency)
        if plan.watchesOrder { tally.waits.record(due: due - timing.measureFrom, latency) }
    }

    /// Records how late a message of an open loop goes out.
    mutating func recordLateness(due: UInt64, at now: UInt64) {
        guard let timing, timing.isMeasured(due) else { return }
        tally.lateness.record(now &- due)
    }
}

/// One kind of load: what it does with its connections. Callbacks come from ``LoadHandler``.
protocol Load {
    init(_ plan: LoadPlan)

    /// Whether all connections are opened before the load begins; else it opens them itself.
    static var opensFirst: Bool { get }

    /// Whether the load goes on while all connections of a generator are gone.
    static var comesBack: Bool { get }

    /// A connection is open. When it is ready for the load, call `LoadState.change(_:to:)`.
    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext)

    /// Everything is ready: warming up begins.
    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext)

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext)

    /// A millisecond or more has passed since the last call.
    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext)

    /// A connection has ended. Returns true if that was expected, false for a failure.
    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ state: inout LoadState,
        _ io: inout ServerContext
    ) -> Bool

    /// How many replies or deliveries are still on their way. Draining ends when it is 0.
    func awaited(_ state: borrowing LoadState) -> Int

    /// The run is over: counts what was not answered.
    mutating func finish(_ state: inout LoadState)
}

extension Load {
    static var opensFirst: Bool { true }
    static var comesBack: Bool { false }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ state: inout LoadState,
        _ io: inout ServerContext
    ) -> Bool { false }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {}
}

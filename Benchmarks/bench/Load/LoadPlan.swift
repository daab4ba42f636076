// What one generator process has to do: everything, so that it needs no further question.

/// The kinds of load.
enum LoadKind: String, Codable, Sendable {
    case echo, rooms, idle, churn, resume, reach, polling
}

/// The protocol that is spoken over the WebSocket.
enum WireProtocol: String, Codable, Sendable, CaseIterable {
    /// The template's messages, with nothing around them.
    case raw
    /// The chat of `roost serve`: log in, join, talk in JSON.
    case chat
}

/// The part of a load that one generator process takes.
struct LoadPlan: Codable, Sendable {
    var kind: LoadKind
    /// One server, or several that share their rooms. See ``server(of:)``.
    var urls: [String] = []
    /// If the URLs' scheme is wss.
    var trust = Trust.system
    /// If the URLs' scheme is wss: whether connections resume the sessions of earlier ones.
    var resumesSessions = false
    var wire = WireProtocol.raw
    /// The message; see ``MessageTemplate``.
    var template = MessageTemplate.raw
    /// What comes back for a message, if it is not the message itself.
    var reply: String?
    /// Sent by each connection when it is open, with the template's placeholders.
    var join: [String] = []
    var subprotocols: [String] = []
    /// Sent as binary messages instead of text.
    var isBinary = false

    /// All connections that read, over all generators, and this generator's share.
    var totalConnections = 1
    var firstConnection = 0
    var connectionCount = 1
    /// Connections of this generator that join and then never read; beside `connectionCount`.
    var neverReadCount = 0
    /// Connection i is in room i mod `rooms`.
    var rooms = 1
    /// How many connections of each room talk: the first ones.
    var speakersPerRoom = 1
    /// Bytes of a message's payload.
    var size = 32
    /// Unanswered messages of each speaker, in a closed loop.
    var depth = 1
    /// Messages a second of all speakers together: an open loop. Nil for a closed one.
    var rate: Double?

    /// This generator among all of them.
    var worker = 0
    var workerCount = 1
    /// Opening handshakes under way at a time.
    var connectingAtOnce = 128
    /// Seconds without any progress after which opening is given up.
    var openingPatience = 15.0
    /// Seconds for what is on its way when measuring ends.
    var drainSeconds = 5.0
    /// Local addresses that connections come from in turn, for loads that need more ports than one
    /// address has.
    var sources: [String] = []
    /// The time on the clock from which stamps count, and the number that marks this run's stamps.
    var epoch: UInt64 = 0
    var run: UInt16 = 0
    var intervalCount = 10

    // For `polling` only.

    /// How readers get messages: by polling at this interval, or with long polls of this length.
    /// Nil if messages are pushed to them.
    var polling: Polling?

    enum Polling: Codable, Sendable, Equatable {
        case every(Double)
        case waiting(Double)
    }

    // For `upgrade` only.

    /// How many connections, the last ones, say nothing and are in rooms where nobody does.
    var idleCount = 0
    /// These are the connections that say nothing.
    var isIdle = false
    /// Whether the order of each speaker's messages is checked at each reader, and the longest
    /// waits are recorded; in an open loop.
    var watchesOrder = false

    // For `resume` only.

    /// How many connections, the last ones, stay while the others lose the network.
    var bystanders = 0
    /// When the network is lost, in seconds after the start; for how many seconds; and within how
    /// many seconds all clients come back.
    var cutAfter = 1.0
    var cutFor = 1.0
    var backWithin = 1.0

    func room(of connection: Int) -> Int { connection % rooms }

    /// The place of a connection's server in ``urls``: those of a room are on each in turn.
    func server(of connection: Int) -> Int { connection / rooms % urls.count }

    func user(numbered connection: Int) -> [UInt8] { Array("u\(run)-\(connection)".utf8) }

    func name(ofRoom room: Int) -> [UInt8] {
        Array("bench-\(run)-\(isIdle ? "idle-" : "")\(room)".utf8)
    }

    /// How many of the connections below `end` are in a room.
    private func members(of room: Int, below end: Int) -> Int {
        end <= room ? 0 : (end - room - 1) / rooms + 1
    }

    func members(of room: Int) -> Int { members(of: room, below: totalConnections) }

    /// The members of a room that are connections of this generator.
    func ownMembers(of room: Int) -> Int {
        members(of: room, below: firstConnection + connectionCount)
            - members(of: room, below: firstConnection)
    }

    func isSpeaker(_ connection: Int) -> Bool { connection < rooms * speakersPerRoom }

    /// How many generators are needed besides those for most of the connections: one for the
    /// connections whose latency is measured while the others are busy, so that a busy generator
    /// adds nothing to it.
    var extraWorkerCount: Int { polling == nil && kind != .resume && idleCount == 0 ? 0 : 1 }

    /// The same load cut into as many parts as there are generators, each a range of connections.
    func divided(among count: Int) -> [LoadPlan] {
        if polling != nil { return dividedForPolling(among: count) }
        if kind == .resume { return dividedForResume(among: count) }
        if idleCount > 0 { return dividedForUpgrade(among: count) }
        return dividedEvenly(among: count)
    }

    private func dividedEvenly(among count: Int) -> [LoadPlan] {
        (0..<count).map { worker in
            var part = self
            let first = totalConnections * worker / count
            part.firstConnection = first
            part.connectionCount = totalConnections * (worker + 1) / count - first
            part.neverReadCount =
                neverReadCount * (worker + 1) / count - neverReadCount * worker / count
            part.worker = worker
            part.workerCount = count
            return part
        }
    }
}

extension LoadPlan {
    /// The first connection talks, over a WebSocket and in a generator of its own; all others poll.
    private func dividedForPolling(among count: Int) -> [LoadPlan] {
        var speaker = self
        speaker.connectionCount = 1
        speaker.polling = nil
        var readers = self
        readers.kind = .polling
        readers.polling = nil
        readers.totalConnections -= 1
        let parts = readers.dividedEvenly(among: max(1, count - 1)).map { part in
            var part = part
            part.polling = polling
            part.firstConnection += 1
            return part
        }
        return numbered([speaker] + parts)
    }

    /// The bystanders, who come last, are in a generator of their own.
    private func dividedForResume(among count: Int) -> [LoadPlan] {
        var clients = self
        clients.totalConnections -= bystanders
        clients.rate = nil
        var others = self
        others.firstConnection = clients.totalConnections
        others.connectionCount = bystanders
        return numbered(clients.dividedEvenly(among: max(1, count - 1)) + [others])
    }

    /// The idle connections, who come last, are in generators of their own: they add nothing to the
    /// waits of the others.
    private func dividedForUpgrade(among count: Int) -> [LoadPlan] {
        var chatting = self
        chatting.totalConnections -= idleCount
        chatting.idleCount = 0
        var idle = self
        idle.kind = wire == .chat ? .rooms : .idle
        idle.totalConnections = idleCount
        idle.idleCount = 0
        idle.isIdle = true
        idle.watchesOrder = false
        idle.rooms = max(1, idleCount / 20)
        idle.speakersPerRoom = 0
        idle.rate = nil
        let share = Double(count - 1) * Double(idleCount) / Double(totalConnections)
        let idleParts = max(1, min(count - 1, Int(share.rounded(.up))))
        return chatting.dividedEvenly(among: max(1, count - idleParts))
            + idle.dividedEvenly(among: idleParts).map { part in
                var part = part
                part.firstConnection += chatting.totalConnections
                return part
            }
    }

    private func numbered(_ parts: [LoadPlan]) -> [LoadPlan] {
        parts.enumerated().map { index, part in
            var part = part
            (part.worker, part.workerCount) = (index, parts.count)
            part.totalConnections = totalConnections
            return part
        }
    }
}

/// An order to a running generator: one JSON object a line on its standard input.
enum Order: Codable, Sendable {
    /// Open the connections.
    case open
    /// Warm up and measure, at these times.
    case start(Timing)
    /// Measuring ends earlier than planned, at a time that is still in the future.
    case shorten(Timing)
    /// Something is due. Only the generator's own ``Pacer`` sends it.
    case tick
    /// End now.
    case stop
}

/// A notice of a generator: one JSON object a line on its standard output.
enum Notice: Codable, Sendable {
    /// All connections are ready, or have failed.
    case ready(Progress)
    /// Progress, five times a second.
    case progress(Progress)
    /// The result, at the end.
    case result(Tally)
}

/// How far a generator is.
struct Progress: Codable, Sendable, Equatable {
    var ready = 0
    var counted = 0
    var failures = 0
    /// Deliveries or replies that are still to come.
    var awaited = 0

    static func + (left: Progress, right: Progress) -> Progress {
        Progress(
            ready: left.ready + right.ready, counted: left.counted + right.counted,
            failures: left.failures + right.failures, awaited: left.awaited + right.awaited)
    }
}

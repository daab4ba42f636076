// The heartbeat, the role of Redis, and its functions.
import RedisClient
import Storage

extension EngineNode {
    /// The first thing on a connection: nothing stands behind it before its answer.
    mutating func beginBeating(
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) {
        commands.subscribeForNow(heart.channel, at: now)
        if sendBeat(&commands, at: now) { stage = .beating }
    }

    /// A heartbeat and a look at the role.
    mutating func beat(_ commands: inout some EngineCommands & ~Copyable, at now: UInt64) {
        guard sendBeat(&commands, at: now) else { return }
        guard !options.faults.noRolePoll else { return }
        let request = commands.request(argumentCount: 1, at: now) { $0.append("ROLE") }
        if let request { fly(request, .role, at: now) }
    }

    private mutating func sendBeat(
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> Bool {
        let probe = random.next()
        let count = heart.sent + 1
        let request = commands.request(argumentCount: 8, at: now) {
            $0.append("FCALL")
            $0.append("r1_beat")
            $0.append("1")
            $0.append(utf8: heart.nodes)
            $0.append(utf8: incarnation)
            $0.append(utf8: String(count))
            $0.append(utf8: heart.channel)
            $0.append(utf8: String(probe))
        }
        guard let request else { return false }
        heart.sent = count
        heart.isBeating = true
        heart.nextBeat = now + options.beatInterval
        fly(request, .beat(count: count, probe: probe), at: now)
        return true
    }

    mutating func fly(_ request: RedisRequest, _ purpose: Flight.Purpose, at now: UInt64) {
        flights.append(Flight(request: request, since: now, purpose: purpose))
    }

    // MARK: Answers

    mutating func beatAnswered(
        _ reply: borrowing RedisReply, count: UInt64, probe: UInt64, at now: UInt64
    ) {
        heart.isBeating = false
        var values = reply.values
        guard let boot = values.next(), boot.isString, let before = values.next(),
            before.isString, let nodes = values.next(), nodes.isAggregate
        else { return leave(.notUnderstood("r1_beat")) }
        let process = [UInt8](copying: boot.bytes)
        let isSame = heart.boot == process && heart.confirmed == [UInt8](copying: before.bytes)
        heart.boot = process
        heart.confirmed = Array(String(count).utf8)
        if heart.heard != probe, !options.faults.noProbe {
            heart.missing = probe
            heart.probeLateAt = now + options.probePatience
        }
        readNodes(nodes.values, at: now)
        if stage == .beating {
            goUp()
        } else if !isSame, !options.faults.noDataChanged {
            dataChanged()
        }
    }

    /// Redis takes no writes, so that the heartbeat was refused; it can be read.
    mutating func beatRefused() {
        heart.isBeating = false
        // Whatever is there next time: all rooms are read then.
        heart.boot = []
        if stage == .beating { goUp() }
    }

    private mutating func goUp() {
        stage = .up
        state = .up
        timers.downSince = nil
        requestAll()
    }

    mutating func roleAnswered(_ reply: borrowing RedisReply) {
        var values = reply.values
        guard let role = values.next(), role.isString else {
            return leave(.notUnderstood("ROLE"))
        }
        if !role.isString("master") { leave(.notMaster(String(copying: role.bytes))) }
    }

    // MARK: Functions

    /// Redis does not have them, or has lost them: no room is live, and when they are there
    /// everything begins anew.
    mutating func lackFunctions() {
        guard stage == .up || stage == .beating else { return }
        stage = .withoutFunctions
        heart.isBeating = false
        stopRooms()
    }

    mutating func loadFunctions(
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) {
        let request = commands.request(argumentCount: 3, at: now) {
            $0.append("FUNCTION")
            $0.append("LOAD")
            $0.append(Roost1.source)
        }
        guard let request else { return }
        stage = .loading
        fly(request, .loadFunctions, at: now)
    }

    /// They are there: everything begins anew.
    mutating func functionsLoaded() {
        if stage == .loading { stage = .opened }
    }
}

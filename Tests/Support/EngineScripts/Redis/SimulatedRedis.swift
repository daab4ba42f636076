// One Redis process in memory: commands as bytes in, replies and pushes as bytes out.

/// A Redis as far as a chat's node needs it, worded as redis-server 7.0.15 words it. It knows no
/// time and no network: ``SimulatedEngine`` has them.
package final class SimulatedRedis {
    /// What a client has of the process.
    struct Connection {
        var parser = CommandParser()
        var output: [UInt8] = []
        var channels: [String] = []
        var shardChannels: [String] = []
        var isGreeted = false
        var isAuthenticated = false
    }

    package enum Role: Equatable, Sendable {
        case primary
        /// It follows another process, with which it is connected or not.
        case replica(isLinked: Bool)
    }

    /// Why the process refuses commands.
    package enum Trouble: Sendable {
        case loading
        case outOfMemory
        case cannotPersist
        case tooFewReplicas
    }

    var data = Dataset()
    var memory = FunctionMemory()
    /// What has changed since the process began, or became a primary: replicas follow it.
    private(set) var effects: [(at: UInt64, effect: Effect)] = []
    /// The time, in nanoseconds, as far as it knows one.
    package var now: UInt64 = 0
    /// Learns of each new entry of a stream, before it is added: its predecessor comes with it.
    var onAppend: ((_ stream: String, StreamEntry, _ before: StreamID) -> Void)?
    /// Whether it does what a replica must not (`replica-read-only no`).
    package var writesAsReplica = false
    package var role = Role.primary
    package var troubles: Set<Trouble> = []
    package var password: String?
    /// Channels whose messages get lost; nil among them stands for all.
    package var mutedChannels: Set<String?> = []
    /// Connections that get no messages any more, whatever they subscribe to.
    var deafConnections: Set<Int> = []
    /// `stream-node-max-entries`.
    private let nodeLimit: Int
    let fault: FunctionFault?
    private var connections: [Int: Connection] = [:]

    package init(nodeLimit: Int = 100, fault: FunctionFault? = nil) {
        self.nodeLimit = nodeLimit
        self.fault = fault
    }

    // MARK: Connections

    package func open(_ connection: Int) { connections[connection] = Connection() }

    package func close(_ connection: Int) { connections[connection] = nil }

    /// Executes what has come as a whole.
    package func receive(_ bytes: [UInt8], from connection: Int) {
        guard connections[connection] != nil else { return }
        connections[connection]!.parser.append(bytes)
        while let command = connections[connection]?.parser.next() {
            if let reply = execute(command, from: connection) { answer(reply, to: connection) }
        }
    }

    /// What is to be sent to a client.
    package func takeOutput(of connection: Int) -> [UInt8] {
        guard let output = connections[connection]?.output, !output.isEmpty else { return [] }
        connections[connection]!.output = []
        return output
    }

    /// The connections that have something to be sent.
    package var writers: [Int] {
        connections.filter { !$0.value.output.isEmpty }.keys.sorted()
    }

    private func answer(_ reply: EngineReply, to connection: Int) {
        guard connections[connection] != nil else { return }
        reply.write(to: &connections[connection]!.output)
    }

    // MARK: Changes

    func change(_ effect: Effect) { _ = count(effect) }

    private func count(_ effect: Effect) -> Int {
        if let onAppend, case .append(let stream, let entry, _) = effect {
            onAppend(stream, entry, data.streams[stream]?.top ?? .zero)
        }
        let count = data.apply(effect, nodeLimit: nodeLimit)
        effects.append((now, effect))
        return count
    }

    /// As a replica: takes what the primary has changed.
    func follow(_ effect: Effect) {
        // A replica that was written to refuses what does not fit.
        if case .append(let stream, let entry, _) = effect,
            entry.id <= data.streams[stream]?.top ?? .zero
        {
            return
        }
        data.apply(effect, nodeLimit: nodeLimit)
        switch effect {
        case .publish(let channel, let payload): deliver(channel, payload, isShard: true)
        case .flushFunctions, .load: memory = FunctionMemory()
        default: break
        }
    }

    /// Takes another state as a whole, as after a full resynchronisation, or from a file: what the
    /// functions remember is lost.
    func load(_ data: Dataset) {
        self.data = data
        memory = FunctionMemory()
        effects = []
    }

    /// Begins a history of its own.
    func becomePrimary() {
        role = .primary
        effects = []
    }

    @discardableResult
    func publish(_ channel: String, _ payload: [UInt8], isShard: Bool) -> Int {
        effects.append((now, .publish(channel: channel, payload)))
        return deliver(channel, payload, isShard: isShard)
    }

    @discardableResult
    private func deliver(_ channel: String, _ payload: [UInt8], isShard: Bool) -> Int {
        let listeners = connections.filter {
            (isShard ? $0.value.shardChannels : $0.value.channels).contains(channel)
        }.keys.sorted()
        if mutedChannels.contains(nil) || mutedChannels.contains(channel) { return listeners.count }
        let push = EngineReply.push([
            .text(isShard ? "smessage" : "message"), .text(channel), .bulk(payload),
        ])
        for listener in listeners where !deafConnections.contains(listener) {
            answer(push, to: listener)
        }
        return listeners.count
    }

    /// All connections that there are now get no messages any more.
    func deafenAll() { deafConnections.formUnion(connections.keys) }

    /// All shard channels that somebody listens to.
    var subscribedChannels: [String] {
        Set(connections.values.flatMap(\.shardChannels)).sorted()
    }

    func flushFunctions() {
        change(.flushFunctions)
        memory = FunctionMemory()
    }

    /// Ends the subscription of a connection without a word, as a proxy or a fault may.
    package func forgetSubscription(of connection: Int, to channel: String) {
        connections[connection]?.shardChannels.removeAll { $0 == channel }
    }

    // MARK: Commands

    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The answer if the process is in no state to do it, in the order of Redis.
    func refusal(isWrite: Bool, grows: Bool = true) -> EngineReply? {
        let isOwn = isWrite && role == .primary
        if isOwn, grows, troubles.contains(.outOfMemory) {
            return .error("OOM command not allowed when used memory > 'maxmemory'.")
        }
        if isOwn, troubles.contains(.cannotPersist) {
            return .error(
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to "
                    + "persist to disk. Commands that may modify the data set are disabled, "
                    + "because this instance is configured to report errors during writes if RDB "
                    + "snapshotting fails (stop-writes-on-bgsave-error option). Please check the "
                    + "Redis logs for details about the RDB error.")
        }
        if isOwn, troubles.contains(.tooFewReplicas) {
            return .error("NOREPLICAS Not enough good replicas to write.")
        }
        if isWrite, role != .primary, !writesAsReplica {
            return .error("READONLY You can't write against a read only replica.")
        }
        guard troubles.contains(.loading) else { return nil }
        return .error("LOADING Redis is loading the dataset in memory")
    }

    private func execute(_ command: [[UInt8]], from connection: Int) -> EngineReply? {
        let name = text(command[0]).uppercased()
        let arguments = Array(command.dropFirst())
        let state = connections[connection]!
        if password != nil, !state.isAuthenticated, name != "HELLO", name != "AUTH" {
            return .error("NOAUTH Authentication required.")
        }
        switch name {
        case "HELLO", "AUTH", "PING", "CLIENT", "SELECT", "ROLE", "INFO", "CONFIG":
            return executePlain(name, arguments.map(text), connection)
        case "SUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "SUNSUBSCRIBE":
            executeSubscription(name, arguments.map(text), connection)
            return nil
        case "FCALL", "FCALL_RO": return executeCall(name, arguments)
        default: return executeData(name, arguments)
        }
    }

    private func executeCall(_ name: String, _ arguments: [[UInt8]]) -> EngineReply {
        guard arguments.count >= 2 else {
            return .error("ERR wrong number of arguments for '\(name.lowercased())' command")
        }
        let function = text(arguments[0])
        guard data.libraries.contains(Self.library), Self.functions.contains(function) else {
            return .error("ERR Function not found")
        }
        let isWrite = function != "r1_tail"
        if let refusal = refusal(isWrite: isWrite) { return refusal }
        guard let count = Int(text(arguments[1])) else {
            return .error("ERR Bad number of keys provided")
        }
        guard count >= 0 else { return .error("ERR Number of keys can't be negative") }
        guard count <= arguments.count - 2 else {
            return .error("ERR Number of keys can't be greater than number of args")
        }
        if isWrite, name == "FCALL_RO" {
            return .error("ERR Can not execute a script with write flag using *_ro command.")
        }
        return call(
            function, arguments[2..<2 + count].map(text), Array(arguments[(2 + count)...]))
    }

    // MARK: What the commands use

    func withConnection(_ connection: Int, _ body: (inout Connection) -> Void) {
        guard connections[connection] != nil else { return }
        body(&connections[connection]!)
    }

    /// Makes a change and answers with how many keys or fields it has changed.
    func counted(_ effect: Effect) -> EngineReply { .integer(count(effect)) }
}

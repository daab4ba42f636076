// Commands about the connection, the process, and its channels.

extension SimulatedRedis {
    func executePlain(
        _ name: String, _ arguments: [String], _ connection: Int
    ) -> EngineReply {
        switch name {
        case "HELLO": return hello(arguments, connection)
        case "AUTH": return authenticate(arguments.last, connection) ?? .ok
        case "PING": return refusal(isWrite: false) ?? .simple("PONG")
        case "SELECT": return .ok
        case "CONFIG": return configure(arguments)
        case "CLIENT": return arguments.first?.uppercased() == "ID" ? .integer(connection) : .ok
        case "ROLE":
            if case .replica(let isLinked) = role {
                return .array([
                    .text("slave"), .text("127.0.0.1"), .integer(1),
                    .text(isLinked ? "connected" : "connect"), .integer(isLinked ? 0 : -1),
                ])
            }
            return .array([.text("master"), .integer(0), .array([])])
        default:
            let role = role == .primary ? "master" : "slave"
            return .text(
                "# Server\r\nredis_version:7.0.15\r\n# Replication\r\nrole:\(role)\r\n")
        }
    }

    private func hello(_ arguments: [String], _ connection: Int) -> EngineReply {
        if let protocolVersion = arguments.first, protocolVersion != "3" {
            return .error("NOPROTO unsupported protocol version")
        }
        if arguments.count == 4, let refusal = authenticate(arguments[3], connection) {
            return refusal
        }
        if password != nil, arguments.count < 4 {
            return .error(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
                    + "HELLO <proto> AUTH <user> <pass> option can be used to authenticate the "
                    + "client and select the RESP protocol version at the same time")
        }
        withConnection(connection) { $0.isGreeted = true }
        return .map([
            .text("server"), .text("redis"), .text("version"), .text("7.0.15"), .text("proto"),
            .integer(3), .text("id"), .integer(connection), .text("mode"), .text("standalone"),
            .text("role"), .text(role == .primary ? "master" : "replica"), .text("modules"),
            .array([]),
        ])
    }

    /// Sets what makes the process refuse commands.
    private func configure(_ arguments: [String]) -> EngineReply {
        guard arguments.count == 3, arguments[0].uppercased() == "SET" else {
            return .error("ERR unknown subcommand or wrong number of arguments for 'CONFIG'")
        }
        let options: [String: Trouble] = [
            "maxmemory": .outOfMemory, "min-replicas-to-write": .tooFewReplicas,
        ]
        guard let trouble = options[arguments[1]] else {
            return .error("ERR Unknown option or number of arguments for CONFIG SET")
        }
        if arguments[2] == "0" { troubles.remove(trouble) } else { troubles.insert(trouble) }
        return .ok
    }

    private func authenticate(_ word: String?, _ connection: Int) -> EngineReply? {
        guard password == nil || word == password else {
            return .error("WRONGPASS invalid username-password pair or user is disabled.")
        }
        withConnection(connection) { $0.isAuthenticated = true }
        return nil
    }

    /// The answers are pushes, one for each channel.
    func executeSubscription(_ name: String, _ channels: [String], _ connection: Int) {
        let list: WritableKeyPath<Connection, [String]> =
            ["SSUBSCRIBE", "SUNSUBSCRIBE"].contains(name) ? \.shardChannels : \.channels
        let kind = name.lowercased()
        withConnection(connection) { state in
            if name.hasSuffix("UNSUBSCRIBE") {
                let chosen = channels.isEmpty ? state[keyPath: list] : channels
                for channel in chosen {
                    state[keyPath: list].removeAll { $0 == channel }
                    Self.confirm(kind, .text(channel), state[keyPath: list].count, &state)
                }
                if chosen.isEmpty { Self.confirm(kind, .null, 0, &state) }
            } else {
                for channel in channels {
                    if !state[keyPath: list].contains(channel) {
                        state[keyPath: list].append(channel)
                    }
                    Self.confirm(kind, .text(channel), state[keyPath: list].count, &state)
                }
            }
        }
    }

    private static func confirm(
        _ kind: String, _ channel: EngineReply, _ count: Int, _ state: inout Connection
    ) {
        EngineReply.push([.text(kind), channel, .integer(count)]).write(to: &state.output)
    }
}

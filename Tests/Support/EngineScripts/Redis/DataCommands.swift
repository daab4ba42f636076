// Commands on keys and on the library of functions.

extension SimulatedRedis {
    private static let leastArguments = [
        "DEL": 1, "HDEL": 2, "HSET": 3, "XADD": 4, "XLEN": 1, "XRANGE": 3, "HGETALL": 1,
    ]

    func executeData(_ name: String, _ arguments: [[UInt8]]) -> EngineReply {
        let words = arguments.map(text)
        if let least = Self.leastArguments[name], words.count < least {
            return .error("ERR wrong number of arguments for '\(name.lowercased())' command")
        }
        switch (name, words.count) {
        case ("FUNCTION", 1...): return function(words)
        case ("SPUBLISH", 2):
            return .integer(publish(words[0], arguments[1], isShard: true))
        case ("PUBLISH", 2):
            return .integer(publish(words[0], arguments[1], isShard: false))
        case ("XLEN", 1):
            return refusal(isWrite: false)
                ?? .integer(data.streams[words[0]]?.entries.count ?? 0)
        case ("XRANGE", 3...):
            let entries = data.streams[words[0]]?.entries ?? []
            return refusal(isWrite: false) ?? .array(entries.map(\.reply))
        case ("HGETALL", 1):
            return refusal(isWrite: false) ?? .map(data.hashes[words[0]]?.all ?? [])
        case ("REPLICAOF", 2):
            if words[0].uppercased() == "NO" {
                if role != .primary { becomePrimary() }
            } else {
                guard role == .primary else {
                    return .simple("OK Already connected to specified master")
                }
                role = .replica(isLinked: false)
            }
            return .ok
        default:
            guard Self.leastArguments[name] != nil || name == "FLUSHALL" else {
                let shown = words.map { "'\($0)' " }.joined()
                return .error("ERR unknown command '\(name)', with args beginning with: \(shown)")
            }
            let grows = name == "HSET" || name == "XADD"
            return refusal(isWrite: true, grows: grows) ?? write(name, words, arguments)
        }
    }

    private func write(_ name: String, _ words: [String], _ bytes: [[UInt8]]) -> EngineReply {
        switch (name, words.count) {
        case ("DEL", 1...): return counted(.delete(words))
        case ("HDEL", 2...):
            return counted(.removeFields(hash: words[0], Array(words.dropFirst())))
        case ("HSET", 3...) where words.count % 2 == 1:
            let fields = stride(from: 1, to: words.count, by: 2).map { (words[$0], bytes[$0 + 1]) }
            return counted(.set(hash: words[0], fields))
        case ("FLUSHALL", 0...):
            change(.flush)
            return .ok
        case ("XADD", _) where words.count % 2 == 0: return add(words, bytes)
        case ("HSET", _), ("XADD", _):
            return .error("ERR wrong number of arguments for '\(name.lowercased())' command")
        default: return .error("ERR syntax error")
        }
    }

    private func add(_ words: [String], _ bytes: [[UInt8]]) -> EngineReply {
        guard let id = StreamID(words[1]) else {
            return .error("ERR Invalid stream ID specified as stream command argument")
        }
        if id == .zero {
            return .error("ERR The ID specified in XADD must be greater than 0-0")
        }
        guard id > data.streams[words[0]]?.top ?? .zero else {
            return .error(
                "ERR The ID specified in XADD is equal or smaller than the target stream top item")
        }
        let entry = StreamEntry(id: id, fields: Array(bytes.dropFirst(2)))
        change(.append(stream: words[0], entry, keep: nil))
        return .text(id.description)
    }

    private func function(_ words: [String]) -> EngineReply {
        switch words[0].uppercased() {
        case "FLUSH":
            if let refusal = refusal(isWrite: true, grows: false) { return refusal }
            flushFunctions()
            return .ok
        case "LOAD" where words.count == 2:
            if let refusal = refusal(isWrite: true) { return refusal }
            let first = words[1].prefix { $0 != "\n" }
            guard let mark = first.range(of: "name=") else {
                return .error("ERR Missing library metadata")
            }
            let library = String(first[mark])
            if data.libraries.contains(library) {
                return .error("ERR Library '\(library)' already exists")
            }
            change(.load(library: library))
            return .text(library)
        case "LIST":
            return .array(
                data.libraries.sorted().map {
                    .map([.text("library_name"), .text($0), .text("engine"), .text("LUA")])
                })
        default: return .error("ERR unknown subcommand '\(words[0])'. Try FUNCTION HELP.")
        }
    }
}

extension Substring {
    /// What stands behind a word, up to the next space.
    fileprivate func range(of word: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            let rest = self[start...]
            if rest.hasPrefix(word) {
                let from = index(start, offsetBy: word.count)
                return from..<(self[from...].firstIndex(of: " ") ?? endIndex)
            }
            start = index(after: start)
        }
        return nil
    }
}

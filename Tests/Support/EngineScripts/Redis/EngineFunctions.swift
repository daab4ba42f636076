// The functions of the library `roost1`, as the Lua has them: what a Redis does for a room.

/// What the library has in its own memory. A restart, a full resynchronisation and FUNCTION FLUSH
/// empty it.
struct FunctionMemory: Sendable {
    /// The newest id of each stream, as far as this process has begun its epoch.
    var newest: [String: String] = [:]
    var boot: [UInt8]?
}

/// What may be wrong with the functions, to see that a check finds it.
package enum FunctionFault: String, CaseIterable, Sendable {
    /// Every process continues every epoch.
    case noMemoryRule
    /// An epoch is continued by the process that began it, wherever its data has gone back to.
    case epochOnlyRule
    /// What was given back counts as begun here.
    case givingBackIsOwn
    /// A message key is forgotten at once.
    case noIDs
    /// The keys of what was given back are not known.
    case givingBackWithoutIDs
    /// The other nodes do not learn what was given back.
    case givingBackWithoutPush
}

extension SimulatedRedis {
    static let library = "roost1"
    static let functions: Set<String> = ["r1_put", "r1_tail", "r1_beat", "r1_pres"]

    func call(_ name: String, _ keys: [String], _ arguments: [[UInt8]]) -> EngineReply {
        switch name {
        case "r1_tail": return tail(keys, arguments)
        case "r1_put": return put(keys, arguments)
        case "r1_beat": return beat(keys, arguments)
        default: return presence(keys, arguments)
        }
    }

    private func tail(_ keys: [String], _ arguments: [[UInt8]]) -> EngineReply {
        guard keys.count == 1, arguments.count >= 2, let limit = Int(text(arguments[1])),
            limit >= 1, StreamID(text(arguments[0])) != nil
        else { return .error("ERR r1_tail: wrong arguments") }
        let at = text(arguments[0])
        let stream = data.streams[keys[0]] ?? StreamValue()
        let top = stream.top.description
        func answer(_ isThere: Bool, _ entries: ArraySlice<StreamEntry>) -> EngineReply {
            .array([.integer(isThere ? 1 : 0), .text(top), .array(entries.map(\.reply))])
        }
        if at == top { return answer(true, []) }
        if at == "0-0" {
            if stream.entries[0].id.offset == 1 {
                return answer(true, stream.entries.prefix(limit))
            }
        } else {
            let index = stream.index(from: StreamID(at)!)
            if index < stream.entries.count, stream.entries[index].id.description == at {
                return answer(true, stream.entries[(index + 1)...].prefix(limit))
            }
        }
        return answer(false, stream.entries.suffix(limit))
    }

    private func beat(_ keys: [String], _ arguments: [[UInt8]]) -> EngineReply {
        if memory.boot == nil { memory.boot = arguments[3] }
        let node = text(arguments[0])
        let before = data.hashes[keys[0]]?.values[node] ?? []
        change(.set(hash: keys[0], [(node, arguments[1])]))
        publish(text(arguments[2]), arguments[3], isShard: true)
        return .array([
            .bulk(memory.boot!), .bulk(before), .array(data.hashes[keys[0]]?.all ?? []),
        ])
    }

    private func presence(_ keys: [String], _ arguments: [[UInt8]]) -> EngineReply {
        let channel = text(arguments[0])
        let node = text(arguments[1])
        let value = arguments[2]
        let before = data.hashes[keys[0]]?.values[node] ?? []
        if before != value {
            if value.isEmpty {
                change(.removeFields(hash: keys[0], [node]))
            } else {
                change(.set(hash: keys[0], [(node, value)]))
            }
            publish(channel, Array("p \(node)\n".utf8) + value, isShard: true)
        }
        return .array(data.hashes[keys[0]]?.all ?? [])
    }
}

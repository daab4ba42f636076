// r1_put of the library `roost1`: places messages in a room's stream, or gives lost ones back.

/// A call of r1_put, checked.
struct PutCall {
    struct Message {
        let key: String
        let body: [UInt8]
        /// The predecessor and the name that it had, if it is given back.
        let wanted: String
    }

    let stream: String
    let ids: String
    let olderIDs: String
    let channel: String
    let keep: Int
    let epoch: String
    let at: String
    let messages: [Message]
    var givesBack: Bool { !messages[0].wanted.isEmpty }

    /// Nil if the arguments are wrong.
    init?(_ keys: [String], _ arguments: [[UInt8]], text: ([UInt8]) -> String) {
        guard keys.count == 3, arguments.count > 4, (arguments.count - 4) % 3 == 0,
            (arguments.count - 4) / 3 <= 1000, let keep = Int(text(arguments[1])), keep >= 1
        else { return nil }
        (stream, ids, olderIDs) = (keys[0], keys[1], keys[2])
        channel = text(arguments[0])
        self.keep = keep
        epoch = text(arguments[2])
        at = text(arguments[3])
        guard Self.isPositive(epoch), epoch.utf8.count <= 19, StreamID(at) != nil else {
            return nil
        }
        messages = stride(from: 4, to: arguments.count, by: 3).map {
            Message(
                key: text(arguments[$0]), body: arguments[$0 + 1], wanted: text(arguments[$0 + 2]))
        }
        let isGiven = !messages[0].wanted.isEmpty
        for message in messages {
            guard message.wanted.isEmpty != isGiven,
                !isGiven || Self.isWanted(message.wanted)
            else { return nil }
        }
    }

    private static func isPositive(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && !text.isEmpty
            && !text.hasPrefix("0")
    }

    /// Whether it is a predecessor and a name that may stand behind it, of numbers that a double
    /// of Lua and an id of Redis can hold.
    private static func isWanted(_ text: String) -> Bool {
        let names = text.split(separator: " ", omittingEmptySubsequences: false)
        guard names.count == 2, let before = StreamID(String(names[0])) else { return false }
        let parts = names[1].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, isPositive(parts[0]), parts[0].utf8.count < 16,
            parts[1].utf8.count < 20, let name = StreamID(String(names[1]))
        else { return false }
        return name.offset > before.offset
    }
}

extension SimulatedRedis {
    func put(_ keys: [String], _ arguments: [[UInt8]]) -> EngineReply {
        guard let call = PutCall(keys, arguments, text: text) else {
            return .error("ERR r1_put: wrong arguments")
        }
        var top = data.streams[call.stream]?.top ?? .zero
        let isOwn = isOwn(call.stream, top)
        var isEmpty = top == .zero
        if call.at != top.description, call.givesBack ? isEmpty : !isOwn {
            return .array([])
        }
        if isEmpty { change(.delete([call.ids, call.olderIDs])) }
        let known = data.hashes[call.ids]?.values ?? [:]
        let before = data.hashes[call.olderIDs]?.values ?? [:]
        let epoch = isOwn ? top.epoch : UInt64(call.epoch)!
        var placed: [String: String] = [:]
        var added: [(field: String, value: [UInt8])] = []
        var positions: [EngineReply] = []
        var runs: [[UInt8]] = []
        var lastInRun: StreamID?
        var rotates = false
        for message in call.messages {
            let old = known[message.key] ?? before[message.key]
            if let place = placed[message.key] ?? old.map(text), fault != .noIDs {
                positions.append(.text(place))
                continue
            }
            var id = StreamID(offset: top.offset + 1, epoch: epoch)
            if call.givesBack {
                let names = message.wanted.split(separator: " ")
                guard String(names[0]) == top.description || isEmpty else {
                    positions.append(.text(""))
                    continue
                }
                id = StreamID(String(names[1]))!
            }
            let entry = StreamEntry(
                id: id, fields: [[0x69], Array(message.key.utf8), [0x6D], message.body])
            change(.append(stream: call.stream, entry, keep: call.keep))
            let keep = UInt64(call.keep)
            if !isEmpty, id.offset / keep != top.offset / keep { rotates = true }
            if lastInRun?.epoch != id.epoch || lastInRun.map({ $0.offset + 1 }) != id.offset {
                runs.append(Array("m \(top) \(id)\n".utf8))
            }
            runs[runs.count - 1] += "\(message.key.utf8.count) \(message.body.count)\n".utf8
            runs[runs.count - 1] += message.key.utf8
            runs[runs.count - 1] += message.body
            (lastInRun, top, isEmpty) = (id, id, false)
            placed[message.key] = id.description
            added.append((message.key, Array(id.description.utf8)))
            positions.append(.text(id.description))
        }
        if !added.isEmpty {
            if rotates, data.exists(call.ids) {
                change(.rename(from: call.ids, to: call.olderIDs))
            }
            if !(call.givesBack && fault == .givingBackWithoutIDs) {
                change(.set(hash: call.ids, added))
            }
            if !call.givesBack || fault == .givingBackIsOwn {
                memory.newest[call.stream] = top.description
            }
            if call.givesBack, fault == .givingBackWithoutPush { return .array(positions) }
            for run in runs { publish(call.channel, run, isShard: true) }
        }
        return .array(positions)
    }

    /// Whether this process goes on with the epoch of the newest entry.
    private func isOwn(_ stream: String, _ top: StreamID) -> Bool {
        let newest = memory.newest[stream]
        switch fault {
        case .noMemoryRule: return top != .zero
        case .epochOnlyRule: return newest.flatMap(StreamID.init)?.epoch == top.epoch
        default: return newest == top.description
        }
    }
}

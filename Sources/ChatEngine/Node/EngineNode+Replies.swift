// Which answer belongs where, and what errors mean.
import RedisClient
import Storage

extension EngineNode {
    /// The reply to a request. Requests of others on the same connection may be passed on as well.
    package mutating func replied(
        _ reply: borrowing RedisReply, to request: RedisRequest, at now: UInt64
    ) {
        guard let flight = flights.first, flight.request == request else { return }
        flights.removeFirst()
        guard stage != .leaving else { return }
        if case .put(_, _, let resayCount, let pendingCount) = flight.purpose {
            putEntryCount -= resayCount + pendingCount
        }
        if reply.isError {
            failed(flight.purpose, with: ErrorReply(reply), at: now)
        } else {
            answered(flight.purpose, reply, at: now)
        }
    }

    private mutating func answered(
        _ purpose: Flight.Purpose, _ reply: borrowing RedisReply, at now: UInt64
    ) {
        switch purpose {
        case .beat(let count, let probe): beatAnswered(reply, count: count, probe: probe, at: now)
        case .role: roleAnswered(reply)
        case .loadFunctions: functionsLoaded()
        case .tail(let room):
            readCount -= 1
            tailAnswered(reply, of: room)
        case .put(let room, let round, let resayCount, let pendingCount):
            putAnswered(reply, room, round, resayCount, pendingCount)
        case .refill(let room, let entryCount): refilled(room, entryCount)
        case .presence(let room):
            presenceCount -= 1
            presenceAnswered(reply, in: room, at: now)
        case .removeNode(let node): nodeRemoved(node)
        case .removePresence: presenceCount -= 1
        }
    }

    private mutating func failed(
        _ purpose: Flight.Purpose, with error: ErrorReply, at now: UInt64
    ) {
        switch purpose {
        case .tail: readCount -= 1
        case .presence(let room):
            presenceCount -= 1
            if let index = find(room) { rooms[index].presence.isUnderWay = false }
        case .removePresence: presenceCount -= 1
        case .beat, .role, .loadFunctions, .put, .refill, .removeNode: break
        }
        switch (error.kind, purpose) {
        case (_, .loadFunctions) where error.text.contains("already exists"):
            // Another node was quicker.
            functionsLoaded()
        case (.noFunctions, _):
            release(purpose)
            lackFunctions()
        case (.notMaster, _): leave(.notMaster(error.text))
        case (.leave, _): leave(.refused(error.text))
        case (_, .put(let room, let round, let resayCount, let pendingCount)):
            putRefused(error, room, round, resayCount, pendingCount, at: now)
        case (_, .refill(let room, let entryCount)): refilled(room, entryCount)
        case (.takesNoWrites, .beat): beatRefused()
        case (.takesNoWrites, .loadFunctions): leave(.refused(error.text))
        case (.takesNoWrites, .presence), (.takesNoWrites, .removePresence):
            // Everything is written again with the next heartbeat that succeeds.
            heart.boot = []
        case (.takesNoWrites, .removeNode(let node)): deadNodes.append(node)
        case (.takesNoWrites, _): break
        case (.other, _): leave(.refused(error.text))
        }
    }

    /// What was under way is not, without a result.
    private mutating func release(_ purpose: Flight.Purpose) {
        switch purpose {
        case .put(let room, _, _, _):
            if let index = find(room) { rooms[index].putCount -= 1 }
        case .refill(_, let entryCount): refillEntryCount -= entryCount
        default: break
        }
    }
}

/// An error that Redis has answered with.
struct ErrorReply {
    enum Kind {
        /// The library is not loaded.
        case noFunctions
        /// This is no master.
        case notMaster
        /// This Redis is of no use now.
        case leave
        /// It can be read, and takes no writes.
        case takesNoWrites
        case other
    }

    let text: String
    let kind: Kind

    init(_ reply: borrowing RedisReply) {
        let text = reply.error ?? ""
        self.text = text
        kind = Self.kind(of: reply, text)
    }

    private static func kind(of reply: borrowing RedisReply, _ text: String) -> Kind {
        if reply.isError("READONLY") { return .notMaster }
        for code in ["NOREPLICAS", "MASTERDOWN", "LOADING", "BUSY", "CLUSTERDOWN", "MOVED"]
            as [StaticString] where reply.isError(code)
        {
            return .leave
        }
        if reply.isError("OOM") || reply.isError("MISCONF") { return .takesNoWrites }
        return text.hasPrefix("ERR Function not found") ? .noFunctions : .other
    }
}

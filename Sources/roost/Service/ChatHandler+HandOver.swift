// The chat's state on its way to the program that takes this one's place: see
// deploy/OPERATING.md, "What survives what".
//
// Not carried over, and begun anew: the rates of the last seconds, refusals of connections and
// logins for `roost why`, and estimates of what publishing costs.
import ChatDatabase
import ChatRooms
import CommandLineOptions
import Storage
import WebSocketServer

/// What the program before has left for the start of this one.
struct ChatTakenOver {
    var version = ""
    var started: Instant?
    /// The database, which that program has closed.
    var database: ChatDatabase.Identity?
    /// The settings of the configuration file there.
    var settings: [String] = []
}

extension ChatHandler {
    /// The version of what is written; ARCHITECTURE, "Versions share the state", has the rules.
    private static var stateForm: UInt16 { 3 }
    /// The lowest version of a program that may read it, and of a state that this one reads.
    private static var minimumReaderForm: UInt16 { 2 }
    private static var oldestReadableForm: UInt16 { 2 }

    // MARK: Going on

    /// Goes on where the program before has stopped, in its first turn.
    mutating func goOn(_ before: ChatTakenOver, _ io: inout ServerContext) {
        if let identity = before.database { resume(identity, &io) }
        setPlaces(&io)
        forgetLost(&io)
        // A restart ends a reload that was under way.
        if !isNewProcess || reloads.isUnderWay { finishReload(before, io) }
    }

    /// Takes leave of connections that were lost on the way: nobody reports their end.
    private mutating func forgetLost(_ io: inout ServerContext) {
        guard let all = chat.connectionFilter(user: nil, room: nil) else { return }
        for slot in 0..<chat.connectionSlotCount {
            guard let key = chat.connection(inSlot: slot, matching: all),
                let number = chat.resourceID(of: key)
            else { continue }
            let id = ConnectionID(resourceID: number, slot: slot)
            // A connection that is about to close is still there, and has a peer.
            guard io.peer(of: id) == nil else { continue }
            closing[id] = nil
            chat.connectionClosed(key, at: io.timestamp, &effects)
        }
        carryOutEffects(&io)
    }

    /// Opens the database for a chat that begins after all, since what the process before has left
    /// was lost.
    mutating func openDatabase(_ io: inout ServerContext) {
        guard let keeper, database == nil else { return }
        do {
            let kept = try keeper.open()
            (database, store, stored) = (kept.database, StoreLink(kept.store), kept.state)
        } catch {
            // The next connection starts another process, which says so as long as it lasts.
            service.events.log(.startFailed, "\(error)")
            io.stop(grace: .zero)
        }
    }

    mutating func resume(
        _ identity: ChatDatabase.Identity, _ io: inout ServerContext
    ) {
        do {
            guard let keeper else { return }
            let resumed = try keeper.resume(identity)
            (database, store) = (resumed, StoreLink(resumed))
        } catch {
            // Without it nobody can say anything: another process may have the threads for it.
            service.events.log(.historyFailed, "Restarting: \(error)", ["reason": "threads"])
            service.restart(&io)
        }
    }

    // MARK: The state

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.write(Self.stateForm)
        writer.write(Self.minimumReaderForm)
        writer.writeRecord { saveParts(to: &$0, io) }
    }

    /// A later version has more parts, behind these.
    private func saveParts(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.writeRecord { saveFacts(to: &$0, io) }
        writer.writePart { chat.save(to: &$0, at: io.timestamp) }
        writer.writeRecord { notes.save(to: &$0, at: io.now) }
        writer.write(UInt64(topics.count))
        for topic in topics {
            writer.write(topic != nil)
            topic?.save(to: &writer)
        }
        writer.writeRecord { ends.save(to: &$0) }
        writer.writeRecord { writer in
            writer.write(kicks.closedCount)
            writer.write(kicks.expelledCount)
        }
        writer.writeRecord { guesses.save(to: &$0, at: io.now) }
        writer.write(UInt32(closing.count))
        for (id, reason) in closing {
            writer.writeRecord { writer in
                id.save(to: &writer)
                writer.write(reason.reason)
                writer.write(reason.user ?? "")
            }
        }
        writer.writeRecord { saveRoomRequests(to: &$0, io) }
    }

    private func saveFacts(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.write(Version.running)
        writer.write(started.map { io.now.nanoseconds(since: $0) } ?? 0)
        writer.write(isActivatedBySocket)
        reloads.save(to: &writer)
        writer.write(reloader?.settings ?? [])
        // A next process reads the files anew: no key goes where it is not needed.
        encryption.save(to: &writer, withFiles: !service.isRestart)
        writer.write(keeper?.path ?? "")
        writer.write(database?.identity.boot ?? "")
        writer.write(UInt32(database?.identity.schemaVersion ?? 0))
        // Since form 3.
        reloads.savePrevious(to: &writer)
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        let form = try reader.read(UInt16.self)
        let least = try reader.read(UInt16.self)
        guard form >= Self.oldestReadableForm, least <= Self.stateForm else {
            throw StateError(
                "the chat's state has form \(form), which a program of form \(Self.stateForm) "
                    + "cannot read")
        }
        try reader.readRecord { reader throws(StateError) in try restoreParts(&reader, &io) }
    }

    private mutating func restoreParts(
        _ reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        guard engine == nil else {
            throw StateError("'engine' is set, and its rooms are in Redis: that needs a restart.")
        }
        let facts = try reader.enterRecord()
        var before = ChatTakenOver(version: try reader.readString())
        let age = try reader.read(UInt64.self)
        before.started = Instant(nanoseconds: io.now.nanoseconds - min(age, io.now.nanoseconds))
        let wasActivated = try reader.readBool()
        if !isNewProcess { isActivatedBySocket = wasActivated }
        if isActivatedBySocket {
            service.change(idleExit: idleExit, level: service.events.level)
        }
        reloads = try ReloadProgress(from: &reader)
        before.settings = try reader.readStrings()
        if let tls = try encryption.restore(from: &reader, isNewProcess) { io.update(tls: tls) }
        before.database = try restoreDatabase(&reader)
        if !reader.isAtEnd { try reloads.restorePrevious(from: &reader) }
        try reader.leaveRecord(facts)
        try restoreChat(&reader, io)
        try reader.readRecord { reader throws(StateError) in
            try notes.restore(from: &reader, at: io.now)
        }
        topics = []
        for _ in 0..<(try reader.read(UInt64.self)) {
            topics.append(try reader.readBool() ? try Topic(from: &reader) : nil)
        }
        try reader.readRecord { reader throws(StateError) in try ends.restore(from: &reader) }
        try reader.readRecord { reader throws(StateError) in
            kicks.closedCount = try reader.read()
            kicks.expelledCount = try reader.read()
        }
        try reader.readRecord { reader throws(StateError) in
            try guesses.restore(from: &reader, at: io.now)
        }
        closing = [:]
        for _ in 0..<(try reader.read(UInt32.self)) {
            let record = try reader.enterRecord()
            let id = try ConnectionID(from: &reader)
            let reason = try reader.readString()
            let user = try reader.readString()
            try reader.leaveRecord(record)
            closing[id] = Closing(reason: reason, user: user.isEmpty ? nil : user)
        }
        try reader.readRecord { reader throws(StateError) in
            try restoreRoomRequests(from: &reader, &io)
        }
        takenOver = before
    }

    /// The database of the program before; nil if it had none. Throws unless this program keeps
    /// messages in the same place, and knows its tables.
    private func restoreDatabase(
        _ reader: inout StateReader
    ) throws(StateError) -> ChatDatabase.Identity? {
        let path = try reader.readString()
        let identity = ChatDatabase.Identity(
            boot: try reader.readString(), schemaVersion: Int(try reader.read(UInt32.self)))
        guard path == keeper?.path ?? "" else {
            throw StateError(
                "Messages are kept in \(path.isEmpty ? "memory" : path), and 'history' names "
                    + "another place: that needs a restart.")
        }
        guard identity.schemaVersion <= ChatDatabase.schemaVersion else {
            throw StateError(
                "The database has tables of version \(identity.schemaVersion), and this program "
                    + "knows version \(ChatDatabase.schemaVersion).")
        }
        return path.isEmpty ? nil : identity
    }

    private mutating func restoreChat(
        _ reader: inout StateReader, _ io: borrowing ServerContext
    ) throws(StateError) {
        let part = try reader.readPart()
        do {
            chat = try Chat(restoring: part, limits: chat.limits, at: io.timestamp)
        } catch {
            throw StateError("The chat's state cannot be read: \(error)")
        }
        guard chat.hasStore == (keeper != nil) else {
            throw StateError("The chat's state is of a chat with another store.")
        }
    }
}

extension StateWriter {
    mutating func write(_ texts: [String]) {
        write(UInt32(texts.count))
        for text in texts { write(text) }
    }
}

extension StateReader {
    mutating func readStrings() throws(StateError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try read(UInt32.self)) { texts.append(try readString()) }
        return texts
    }
}

// A reload for which the installed program takes the place of the running one.
import CommandLineOptions
import Glibc
import WebSocketServer

/// What a reload has led to so far.
enum ReloadAnswer {
    /// It is done: what has changed.
    case done(String)
    /// The installed program checks whether it can take over; this is the number of the reload.
    case underWay(UInt64)
}

extension ChatHandler {
    /// How long the installed program may take to check the state, and what is under way to end.
    /// systemd waits for 30 s (TimeoutStartSec=), and ``inPlaceSeconds`` are all that it may take.
    private static var checkDeadline: Duration { .seconds(15) }
    private static var grace: Duration { .seconds(2) }
    static var inPlaceSeconds: Int { 25 }

    /// Whether the installed program has to take over for this reload: it is another one, or a
    /// setting has changed that holds only from a start.
    var needsNewProgram: Bool {
        engine == nil && hasNewProgram
    }

    private var hasNewProgram: Bool {
        InstalledProgram.isOther || reloader?.hasChangeForNewProgram == true
    }

    /// Begins to run the installed program in place of this one. `files` are credentials that root
    /// has read. It ends in ``inPlaceFailed(_:_:)``, or in ``finishReload(_:_:)`` of that program.
    mutating func restartInPlace(
        _ io: inout ServerContext, _ files: [String: [UInt8]]
    ) throws(ReloadFailure) -> UInt64 {
        try requireNoReload()
        try requireOwnRooms()
        encryption.offer(files.isEmpty ? nil : try HiddenFiles(files))
        service.reloading()
        reloads.begin()
        lastReload = LastReload(isGood: false, at: io.wallClock)
        io.reexec(inPlace(onChecked: nil)) { [mail] in mail.post(.notTakenOver($0)) }
        return reloads.number
    }

    /// Throws, and says so in the journal, while a reload is under way: nobody else may answer who
    /// has sent a signal.
    func requireNoReload() throws(ReloadFailure) {
        guard reloads.isUnderWay else { return }
        let failure = ReloadFailure("Another reload is under way: wait for its end.")
        service.events.log(.reloadFailed, failure.sentence)
        throw failure
    }

    /// Throws, and says so in the journal, if the rooms are in Redis: what is known of them is not
    /// handed over, nor what is on its way.
    private func requireOwnRooms() throws(ReloadFailure) {
        guard engine != nil else { return }
        let failure = ReloadFailure(
            """
            A server with --engine does not hand its connections over. Restart it: they are closed \
            with 1012, come back at once, here or to another server, and miss nothing.
            """)
        service.events.log(.reloadFailed, failure.sentence)
        throw failure
    }

    /// Asks the installed program whether it could take over, and leaves it at that.
    mutating func checkHandOver(_ io: inout ServerContext) throws(ReloadFailure) -> UInt64 {
        guard !reloads.isUnderWay else {
            throw ReloadFailure("A reload is under way: wait for its end.")
        }
        try requireOwnRooms()
        reloads.begin()
        io.reexec(inPlace(onChecked: { [mail] in mail.post(.couldTakeOver) })) { [mail] in
            mail.post(.notTakenOver($0))
        }
        isChecking = true
        return reloads.number
    }

    private func inPlace(onChecked: (@Sendable () -> Void)?) -> Reexec {
        var reexec = Reexec()
        reexec.checkDeadline = Self.checkDeadline
        reexec.grace = Self.grace
        reexec.onChecked = onChecked
        return reexec
    }

    /// The installed program could take over, and was only asked.
    mutating func couldTakeOver() {
        isChecking = false
        reloads.end(.good, "\(InstalledProgram.path ?? "The program") can take over.")
    }

    /// No other program has taken over: this one serves on.
    mutating func inPlaceFailed(_ failure: ReexecFailure) {
        var sentence = "\(failure)"
        if case .busy = failure, let problem = storeProblem { sentence += " \(problem)" }
        reloads.end(.bad, sentence)
        restLimit = Self.shortestRest
        guard !isChecking else {
            isChecking = false
            return
        }
        encryption.withdrawOffer()
        service.reloaded()
        service.events.log(.reloadFailed, "Reload failed, nothing has changed: \(sentence)")
    }

    /// This program has taken over: the reload that the one before has begun has succeeded.
    mutating func finishReload(_ before: ChatTakenOver, _ io: borrowing ServerContext) {
        let version =
            before.version == Version.running
            ? "version \(before.version) has taken over from itself"
            : "version \(Version.running) has taken over from version \(before.version)"
        let settings = reloader?.summary(since: before.settings) ?? ""
        var words = "Process \(getpid()): \(version), with all connections."
        if !settings.isEmpty { words += " \(settings)" }
        lastReload = LastReload(isGood: true, at: io.wallClock)
        reloads.end(.good, words)
        service.events.log(.reloaded, words)
    }
}

// The new program's side: a server that begins with the sockets and connections of the last one.
import LibC
import LinuxReactor
import Logging
import Storage

/// What is still to be said of a hand-over when the first turn begins.
struct TakenOver {
    let connectionCount: Int
    let programVersion: String
    let leftAt: Instant

    /// Logs the pause: how long nobody was served.
    func log(_ logger: Logger, at now: Instant) {
        let version = programVersion.isEmpty ? "" : " from version \(programVersion)"
        let microseconds = now.nanoseconds(since: leftAt) / 1000
        logger.notice(
            "Took over \(connectionCount) connections\(version).",
            metadata: ["event": "taken-over", "pause-us": "\(microseconds)"])
    }
}

extension ServerCore where K == LinuxKernel {
    /// A server that goes on with what a program has left in a file. Throws if that cannot be; then
    /// the process has to end, so that clients come back.
    static func takeOver(
        _ file: FileDescriptor, _ configuration: ServerConfiguration, _ taken: inout TakenOver?,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(SystemError) -> ServerCore {
        let file = SealedFile(adopting: file)
        try LinuxKernel.keepOverExec(file.descriptor, false)
        let bytes = try file.read()
        var state: ProcessState
        do throws(StateError) { state = try StateFile.read(consume bytes) } catch {
            throw takingOverFailed(error)
        }
        let poll = [state.poll].compactMap(\.self)
        try LinuxKernel.closeOnExec(state.handOver.descriptors + poll)
        var core = try ServerCore(
            LinuxKernel(), configuration, inheriting: state.listeners)
        if let poll = state.poll { try core.goOnWatching(poll) }
        do throws(StateError) { try core.restore(state.handOver, restoreHandler) } catch {
            throw takingOverFailed(error)
        }
        state.handOver.wipeState()
        // Until now the signals that the last program watched were held back.
        LinuxKernel.setSignalMask(state.signalMask)
        core.signals.source?.unblock(&core.kernel)
        taken = TakenOver(
            connectionCount: state.handOver.descriptors.count,
            programVersion: state.programVersion, leftAt: state.leftAt)
        return core
    }

    private static func takingOverFailed(_ error: StateError) -> SystemError {
        SystemError(EBADMSG, "take over from the program before", remedy: "\(error)")
    }
}

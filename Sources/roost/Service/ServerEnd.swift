// Why a server has ended, for the status with which its process ends.
import ArgumentParser
import Synchronization

/// Set by the server, and read when it has ended.
final class ServerEnd: Sendable {
    /// The status after a restart: EX_TEMPFAIL of sysexits.h. The unit names it, so that systemd
    /// starts the next process (RestartForceExitStatus=) although nothing has failed.
    private static let restartStatus: Int32 = 75

    private let restarts = Atomic(false)

    /// Whether another process is to go on, or to serve the clients that come back.
    var isRestart: Bool {
        get { restarts.load(ordering: .relaxed) }
        set { restarts.store(newValue, ordering: .relaxed) }
    }

    /// Throws what ends the process with its status, after a restart.
    func finish() throws(ExitCode) {
        if isRestart { throw ExitCode(Self.restartStatus) }
    }
}

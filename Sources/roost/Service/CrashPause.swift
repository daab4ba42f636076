// UNSAFE: open(2), unlink(2) and lstat(2) read a path that outlives the call.
//
// A pause before a start that would probably crash again, so that crashing at every start costs
// little.
import Glibc
import SystemdSupport

/// A file that exists while a server runs: if it is found at a start, the previous server did not
/// end in order.
///
/// systemd starts a server again 100 ms after it crashed, and its clients come back at once. A
/// server that crashes at each start would cost a third of a core and twenty journal records a
/// second.
struct CrashPause {
    /// A server that lasted for less than this, in seconds, is expected to crash again.
    static let shortLife: Int64 = 5
    /// How long the next server waits then, in seconds.
    static let length: UInt32 = 2

    /// Nil without a folder for the server's state: without systemd nothing is remembered.
    private let path: String?

    /// `folders` is systemd's list of state directories, of which the first counts.
    init(folders: String? = SystemUser.environment("STATE_DIRECTORY")) {
        path = folders.flatMap { $0.split(separator: ":").first }.map { "\($0)/running" }
    }

    /// Remembers that this server runs, and waits if the previous one crashed at once. Clients wait
    /// in systemd's sockets meanwhile.
    func begin() {
        let isDue = isDue(at: Int64(time(nil)))
        mark()
        guard isDue else { return }
        var notifier = Notifier()
        notifier.status(
            "Waiting for \(Self.length) s: the last start ended in a crash within "
                + "\(Self.shortLife) s")
        sleep(Self.length)
    }

    /// The server ended in order.
    func end() {
        guard let path else { return }
        _ = unsafe unlink(path)
    }

    /// Whether the previous server crashed soon after its start. `now` is a UNIX time.
    func isDue(at now: Int64) -> Bool {
        guard let path else { return false }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return false }
        // Negative if the clock was set back: then nothing is known.
        return (0..<Self.shortLife).contains(now - Int64(status.st_mtim.tv_sec))
    }

    /// Makes the file new: its time is that of this start.
    func mark() {
        guard let path else { return }
        end()
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 { close(file) }
    }
}

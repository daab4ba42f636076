// UNSAFE: access(2), lstat(2) and getgrgid(3) read strings and locals that outlive the call, and
// what they return is copied at once.
//
// Where the control socket is, for the server and for those who look for it.
import CLinux
import Glibc
import LinuxReactor

/// The places of the control socket.
enum ControlSocket {
    /// Where the packaged unit has it.
    static let standardPath = "/run/roost/control.sock"

    /// Where a server has it that a person has started: the user's own folder for such things.
    static var personalPath: String? {
        SystemUser.environment("XDG_RUNTIME_DIR").map { "\($0)/roost-control.sock" }
    }

    /// The places to look at, in their order.
    static var paths: [String] { [standardPath, personalPath].compactMap { $0 } }

    /// The first place where this process may make one.
    static var writablePath: String? {
        paths.first { path in
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            return unsafe access(folder, W_OK | X_OK) == 0
        }
    }

    /// Whether there is something, be it in use or not.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// The name of the group that the file belongs to.
    static func groupName(of path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, let entry = unsafe getgrgid(status.st_gid) else {
            return nil
        }
        return unsafe String(cString: entry.pointee.gr_name)
    }

    /// Whether a server listens there: connects to it, and hangs up.
    static func isServed(_ path: String) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        return unsafe clinux_connect_unix(probe, path) == 0
    }
}

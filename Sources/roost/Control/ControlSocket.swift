// UNSAFE: access(2), lstat(2) and getgrgid(3) read strings and locals that outlive the call; their
// results are copied at once.
//
// The paths of the control socket, for the server and for its clients.
import CLinux
import Glibc
import LinuxReactor

/// The possible paths of the control socket.
enum ControlSocket {
    /// The path in the packaged unit.
    static let standardPath = "/run/roost/control.sock"

    /// The path for a server that a user started: in that user's runtime folder. Nil without one.
    static var personalPath: String? {
        SystemUser.environment("XDG_RUNTIME_DIR").map { "\($0)/roost-control.sock" }
    }

    /// The path in the packaged unit of an instance, roost@NAME.service.
    static func path(ofInstance name: String) -> String { "/run/roost-\(name)/control.sock" }

    /// Whether systemd takes it for an instance's name, escaped as in a unit's name
    /// (systemd.unit(5)), and the path with it stays in its folder.
    static func isInstanceName(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && name.first != "." && name.first != "-"
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: ":-_.\\".utf8.contains(byte)
                }
            }
    }

    /// The first path where there is a socket; the packaged unit's if there is none.
    static var firstPath: String { paths.first(where: exists) ?? standardPath }

    /// The paths to try, in this order.
    static var paths: [String] { [standardPath, personalPath].compactMap { $0 } }

    /// The first path where this process may make a socket.
    static var writablePath: String? {
        paths.first { path in
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            return unsafe access(folder, W_OK | X_OK) == 0
        }
    }

    /// True if there is a file, in use or not.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// What a user can do who may not connect to the socket.
    static func remedy(for path: String) -> String {
        var status = stat()
        // The packaged unit's folder and socket are for its group.
        var group = "roost"
        if unsafe stat(path, &status) == 0 {
            let isForGroup = status.st_mode & 0o060 == 0o060 && status.st_gid != 0
            guard isForGroup, let entry = unsafe getgrgid(status.st_gid) else {
                return "You may not use it: it is for its owner only. Try sudo. The server's "
                    + "--control-group lets the members of a group use it, too."
            }
            group = unsafe String(cString: entry.pointee.gr_name)
        }
        return "You may not use it: it is for members of the group \(group). Try sudo, or: "
            + "sudo usermod -aG \(group) \"$USER\", and log in again."
    }

    /// True if a server listens there: connects to it and closes the connection.
    static func isServed(_ path: String) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        return unsafe clinux_connect_unix(probe, path) == 0
    }
}

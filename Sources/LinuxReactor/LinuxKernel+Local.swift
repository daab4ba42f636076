// UNSAFE: system calls for local sockets. Every pointer passed to the kernel comes from a string or
// a local variable that outlives the call.
import CLinux
import LibC

extension LinuxKernel {
    /// Sets the file's group and permissions before listen(2), since no client can connect earlier.
    mutating func listenLocally(
        _ path: String, mode: UInt32, group: UInt32?, backlog: Int32
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        let operation = "listen on \(path)"
        let socket = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0)
        if socket < 0 { throw SystemError(errno, operation) }
        do throws(SystemError) {
            if unsafe clinux_bind_unix(socket, path) < 0 {
                guard errno == EADDRINUSE else { throw Self.bindError(errno, path, operation) }
                try Self.removeStaleSocket(path, operation)
                guard unsafe clinux_bind_unix(socket, path) == 0 else {
                    throw Self.bindError(errno, path, operation)
                }
            }
            if let group, unsafe chown(path, uid_t.max, group) < 0 {
                throw SystemError(
                    errno, "give \(path) to group \(group)",
                    remedy: "Only root and members of that group may do this.")
            }
            guard unsafe chmod(path, mode) == 0, Glibc.listen(socket, backlog) == 0 else {
                throw SystemError(errno, operation)
            }
        } catch {
            _ = Glibc.close(socket)
            throw error
        }
        return (FileDescriptor(rawValue: socket), NetworkAddress(family: .local))
    }

    private static func bindError(
        _ number: Int32, _ path: String, _ operation: String
    ) -> SystemError {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let remedy =
            switch number {
            case ENOENT, ENOTDIR: "Make the folder \(folder) first."
            case EACCES, EPERM, EROFS: "This user may not make files in \(folder)."
            case ENAMETOOLONG: "The path of a local socket has at most 107 bytes."
            default: ""
            }
        return SystemError(number, operation, remedy: remedy)
    }

    /// Removes a socket file that no process listens on any more; throws if `path` is anything
    /// else.
    private static func removeStaleSocket(
        _ path: String, _ operation: String
    ) throws(SystemError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError(
                EADDRINUSE, operation, remedy: "There is a file that is not a socket: remove it.")
        }
        let probe = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0)
        defer { _ = Glibc.close(probe) }
        // Only ECONNREFUSED means that no process listens; EAGAIN means that the queue is full.
        guard unsafe clinux_connect_unix(probe, path) < 0, errno == ECONNREFUSED else {
            throw SystemError(
                EADDRINUSE, operation,
                remedy: "Another server listens there: stop it, or choose another path.")
        }
        _ = unsafe unlink(path)
    }

    /// unlink(2).
    public mutating func removeSocketFile(_ path: String) {
        // If it has been removed already, there is nothing to do.
        _ = unsafe unlink(path)
    }

    /// SO_PEERCRED and SO_PEERGROUPS.
    public mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials? {
        var (process, user, group) = (Int32(0), UInt32(0), UInt32(0))
        guard
            unsafe clinux_peer_credentials(socket.rawValue, &process, &user, &group) == 0,
            process != 0 || user != UInt32.max
        else { return nil }
        var groups = [UInt32](repeating: 0, count: 64)
        var count = unsafe clinux_peer_groups(socket.rawValue, &groups, groups.count)
        if Int(count) > groups.count {
            groups = [UInt32](repeating: 0, count: Int(count))
            count = unsafe clinux_peer_groups(socket.rawValue, &groups, groups.count)
        }
        groups.removeLast(groups.count - max(0, min(Int(count), groups.count)))
        return PeerCredentials(process: process, user: user, group: group, groups: groups)
    }
}

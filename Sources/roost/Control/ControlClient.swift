// UNSAFE: setsockopt(2) reads a local.
//
// The client's end of the control socket: finds it, and connects.
import CLinux
import Glibc
import LinuxReactor

/// Sends requests to a server's control socket. It blocks, so it is only for commands.
struct ControlClient {
    /// Why a request failed: a sentence that says what to do.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// errno(3) of a failed connect(2); nil for everything else.
        var number: Int32?
        /// No server listens there.
        var isAbsent: Bool { number.map { [ENOENT, ENOTDIR, ECONNREFUSED].contains($0) } ?? false }
    }

    struct Answer {
        let status: Int
        let body: String
    }

    /// Where the server listens.
    let path: String

    /// The server at `path`, or at the first of the usual places that has a socket. Throws if there
    /// is none.
    init(_ path: String?) throws(Failure) {
        if let path {
            self.path = path
            return
        }
        let places = ControlSocket.paths
        guard let found = places.first(where: { ControlSocket.exists($0) }) else {
            throw Failure(
                description: """
                    No server is running here: there is no control socket at \
                    \(places.joined(separator: " or ")). Start one (systemctl start roost.socket, \
                    or roost serve --control PATH), or name its socket with --control PATH.
                    """,
                number: ENOENT)
        }
        self.path = found
    }

    /// Sends one request and waits for the whole answer. Throws if nothing comes for 10 s. What is
    /// secret goes `onlyToRoots` sockets, which nobody else has opened.
    func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = "",
        onlyToRoots: Bool = false
    ) throws(Failure) -> Answer {
        var connection = try connect()
        guard !onlyToRoots || connection.isRoots else {
            throw Failure(
                description: """
                    \(path) was not opened by root or systemd: it gets no keys. Restart the server \
                    to use other certificates.
                    """)
        }
        return try connection.ask(
            method, target, fields: ["Connection: close"] + fields, body: body)
    }

    /// Connects. A send or receive on the connection fails after 10 s.
    func connect() throws(Failure) -> ControlConnection {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(
                socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe clinux_connect_unix(socket, path) == 0 else {
            let number = errno
            close(socket)
            throw failure(number)
        }
        return ControlConnection(socket, path)
    }

    private func failure(_ number: Int32) -> Failure {
        let remedy =
            switch number {
            case ENOENT, ENOTDIR:
                "The server is not running, or its control socket is elsewhere: see its --control."
            case ECONNREFUSED:
                "The server has ended without removing its socket: start it again."
            case EACCES, EPERM:
                ControlSocket.remedy(for: path)
            case EAGAIN: "The server is too busy to take another connection."
            default: ""
            }
        return Failure(
            description: "\(SystemError(number, "connect to \(path)", remedy: remedy))",
            number: number)
    }
}

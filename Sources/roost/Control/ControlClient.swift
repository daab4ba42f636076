// UNSAFE: send(2) and recv(2) on arrays, within their counts.
//
// The client's end of the control socket: one request, one answer.
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
                    """)
        }
        self.path = found
    }

    /// Sends a request and waits for the whole answer. Throws if nothing comes for 10 s.
    func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws(Failure) -> Answer {
        let socket = try connect()
        defer { close(socket) }
        let head =
            ["\(method) \(target) HTTP/1.1", "Host: roost", "Connection: close"] + fields
            + ["Content-Length: \(body.utf8.count)", "", ""]
        send(Array((head.joined(separator: "\r\n") + body).utf8), to: socket)
        let received = try receiveAll(from: socket)
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { throw noAnswer }
        let words = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            .split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw noAnswer
        }
        return Answer(
            status: status, body: String(decoding: received[end.upperBound...], as: UTF8.self))
    }

    private func connect() throws(Failure) -> Int32 {
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
        return socket
    }

    private func failure(_ number: Int32) -> Failure {
        let remedy =
            switch number {
            case ENOENT, ENOTDIR:
                "The server is not running, or its control socket is elsewhere: see its --control."
            case ECONNREFUSED:
                "The server has ended without removing its socket: start it again."
            case EACCES, EPERM:
                """
                You may not use it: it is for members of the group \
                \(ControlSocket.groupName(of: path) ?? "roost"). Try sudo, or: \
                sudo usermod -aG \(ControlSocket.groupName(of: path) ?? "roost") "$USER", and log \
                in again.
                """
            case EAGAIN: "The server is too busy to take another connection."
            default: ""
            }
        return Failure(
            description: "\(SystemError(number, "connect to \(path)", remedy: remedy))",
            number: number)
    }

    private var noAnswer: Failure {
        Failure(
            description: """
                The server at \(path) does not answer: it is stopping, or stuck. Its journal may \
                say why: journalctl -u roost
                """)
    }

    private func send(_ bytes: [UInt8], to socket: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            // Its answer, sent before it closed the connection, is still read.
            if count <= 0 { return }
            sent += count
        }
    }

    private func receiveAll(from socket: Int32) throws(Failure) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            if count == 0 { return received }
            if count < 0 {
                if errno == EINTR { continue }
                throw noAnswer
            }
            received += buffer[..<count]
        }
    }
}

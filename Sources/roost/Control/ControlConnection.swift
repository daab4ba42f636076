// UNSAFE: send(2) and recv(2) on arrays, within their counts; getsockopt(2) fills locals.
//
// A connection to the control socket: requests, and their answers in order.
import CLinux
import Glibc

/// One connection to a server's control socket. It blocks, so it is only for commands.
struct ControlConnection: ~Copyable {
    private let socket: Int32
    private let path: String
    /// Bytes received and not used yet.
    private var pending: [UInt8] = []

    init(_ socket: Int32, _ path: String) {
        self.socket = socket
        self.path = path
    }

    deinit { close(socket) }

    /// Whether root, or systemd for it, has opened the socket that this is connected to.
    var isRoots: Bool {
        var (process, user, group) = (Int32(0), UInt32(0), UInt32(0))
        return unsafe clinux_peer_credentials(socket, &process, &user, &group) == 0 && user == 0
    }

    /// Sends a request and waits for the whole answer, to the end that its Content-Length gives.
    mutating func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws(ControlClient.Failure) -> ControlClient.Answer {
        let head =
            ["\(method) \(target) HTTP/1.1", "Host: roost"] + fields
            + ["Content-Length: \(body.utf8.count)", "", ""]
        send(Array((head.joined(separator: "\r\n") + body).utf8))
        var end = pending.firstRange(of: Array("\r\n\r\n".utf8))
        while end == nil {
            guard try receive() else { throw noAnswer }
            end = pending.firstRange(of: Array("\r\n\r\n".utf8))
        }
        guard let end else { throw noAnswer }
        let lines = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        pending.removeFirst(end.upperBound)
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]),
            let length = lines.lazy.compactMap(Self.contentLength).first
        else { throw noAnswer }
        while pending.count < length { guard try receive() else { throw noAnswer } }
        let text = String(decoding: pending[..<length], as: UTF8.self)
        pending.removeFirst(length)
        return ControlClient.Answer(status: status, body: text)
    }

    private static func contentLength(_ line: Substring) -> Int? {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
        return Int(parts[1].trimmed)
    }

    private var noAnswer: ControlClient.Failure {
        ControlClient.Failure(
            description: """
                The server at \(path) does not answer: it is stopping, or stuck. Its journal may \
                say why: journalctl -u roost
                """)
    }

    private func send(_ bytes: [UInt8]) {
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

    /// Receives more into ``pending``; false at the end.
    private mutating func receive() throws(ControlClient.Failure) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            if count == 0 { return false }
            if count < 0 {
                if errno == EINTR { continue }
                throw noAnswer
            }
            pending += buffer[..<count]
            return true
        }
    }
}

// UNSAFE: hands arrays to send(2) and recv(2), each with its own count.
//
// A request to a running server by its control socket, for the commands that a person types.
import CLinux
import Glibc
import LinuxReactor

/// One request and its answer. It blocks: the commands have nothing else to do.
struct ControlRequest {
    /// What the server said.
    struct Answer {
        let status: Int
        /// Its words, without the line's end.
        let text: String
    }

    let method: String
    let path: String
    var body = ""

    /// Asks the server behind a control socket. Throws what went wrong on the way to it.
    func send(to socketPath: String) throws(SystemError) -> Answer {
        let operation = "reach a server at \(socketPath)"
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard connection >= 0 else { throw SystemError(errno, operation) }
        defer { close(connection) }
        guard unsafe clinux_connect_unix(connection, socketPath) == 0 else {
            throw SystemError(
                errno, operation, remedy: "Is it running, and has it a control socket?")
        }
        let request = Array(
            """
            \(method) \(path) HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8)
        var sent = 0
        while sent < request.count {
            let rest = request[sent...]
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else if errno != EINTR { break }
        }
        return try Self.answer(try Self.receive(connection, operation), operation)
    }

    private static func receive(
        _ connection: Int32, _ operation: String
    ) throws(SystemError) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            if count == 0 { return received }
            if count > 0 {
                received += buffer[..<count]
            } else if errno != EINTR {
                throw SystemError(errno, operation)
            }
        }
    }

    private static func answer(
        _ bytes: [UInt8], _ operation: String
    ) throws(SystemError) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 "),
            let status = Int(text.dropFirst(9).prefix(3))
        else { throw SystemError(EPROTO, operation) }
        var words = text[end.upperBound...]
        while words.last?.isNewline == true { words.removeLast() }
        return Answer(status: status, text: String(words))
    }
}

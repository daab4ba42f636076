// A server on a thread of its own, and a plain blocking client.
import Foundation
import Glibc
import Logging
import WebSocketServer

/// Runs a server until `stop()`, on a free port.
final class RunningServer<Handler: WebSocketHandler & SendableMetatype>: @unchecked Sendable
where Handler.Mail == HandlerMail {
    let port: UInt16
    private let mailbox: Mailbox<HandlerMail>
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ handler: Handler, limits: Limits = Limits(), origin: OriginPolicy = .sameHost
    ) throws {
        var configuration = ServerConfiguration()
        configuration.limits = limits
        // Clients here do not close their side: the stop need not wait long for them.
        configuration.limits.closeDeadline = .milliseconds(200)
        configuration.origin = origin
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try Server(handler, configuration)
        port = server.addresses[0].port
        mailbox = server.mailbox
        let holder = ServerBox(server)
        let ended = ended
        let thread = Thread {
            holder.run()
            ended.signal()
        }
        thread.start()
    }

    /// Has the handler do something, in the loop.
    func post(_ mail: HandlerMail) { mailbox.post(mail) }

    /// Asks for the stop and waits for its end; false if it does not come.
    func stop() -> Bool {
        mailbox.post(.stop)
        return ended.wait(timeout: .now() + 20) == .success
    }
}

/// Carries a server to its thread; nobody else has it.
private final class ServerBox<Handler: WebSocketHandler>: @unchecked Sendable {
    private let server: Server<Handler>
    init(_ server: Server<Handler>) { self.server = server }
    func run() { server.run() }
}

/// What tests send to their handlers.
enum HandlerMail: Sendable {
    case stop
    case answer(ConnectionID, String)
}

/// A blocking TCP client with a time limit on each receive.
final class Client {
    private let socket: Int32
    private(set) var pending: [UInt8] = []

    init(port: UInt16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafeBytes(of: &address) { bytes in
            connect(
                socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        precondition(status == 0, "connect: \(errno)")
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    func endOutput() { shutdown(socket, Int32(SHUT_WR)) }

    /// Receives once into `pending`; false at the end of the stream, on failure or after 10 s.
    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    /// A response head, and its body by Content-Length or chunks.
    func response(hasBody: Bool = true) -> (head: String, body: String)? {
        while pending.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            guard receive() else { return nil }
        }
        let end = pending.firstRange(of: Array("\r\n\r\n".utf8))!.upperBound
        let head = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(..<end)
        guard hasBody else { return (head, "") }
        if head.contains("Transfer-Encoding: chunked") { return (head, chunks()) }
        guard let field = head.firstRange(of: "Content-Length: ") else { return (head, "") }
        let length = Int(head[field.upperBound...].prefix { $0.isNumber })!
        while pending.count < length { guard receive() else { return nil } }
        let body = String(decoding: pending[..<length], as: UTF8.self)
        pending.removeFirst(length)
        return (head, body)
    }

    private func chunks() -> String {
        var body: [UInt8] = []
        while true {
            while pending.firstRange(of: [13, 10]) == nil { guard receive() else { return "cut" } }
            let end = pending.firstRange(of: [13, 10])!
            let size = Int(String(decoding: pending[..<end.lowerBound], as: UTF8.self), radix: 16)!
            pending.removeSubrange(..<end.upperBound)
            while pending.count < size + 2 { guard receive() else { return "cut" } }
            body += pending[..<size]
            pending.removeFirst(size + 2)
            if size == 0 { return String(decoding: body, as: UTF8.self) }
        }
    }

    /// Everything until the server closes.
    func rest() -> [UInt8] {
        while receive() {}
        return pending
    }

    /// One frame of the server: opcode and payload.
    func frame() -> (opcode: UInt8, payload: [UInt8])? {
        while true {
            if pending.count >= 2 {
                var (header, count) = (2, Int(pending[1]))
                if count == 126 { header = 4 } else if count == 127 { header = 10 }
                if pending.count >= header {
                    if header > 2 { count = pending[2..<header].reduce(0) { $0 << 8 | Int($1) } }
                    if pending.count >= header + count {
                        let payload = Array(pending[header..<header + count])
                        let opcode = pending[0] & 0xF
                        pending.removeFirst(header + count)
                        return (opcode, payload)
                    }
                }
            }
            guard receive() else { return nil }
        }
    }

    func text() -> String? {
        guard let frame = frame(), frame.opcode == 1 else { return nil }
        return String(decoding: frame.payload, as: UTF8.self)
    }

    func sendText(_ text: String) { sendFrame(1, Array(text.utf8)) }

    func sendFrame(_ opcode: UInt8, _ payload: [UInt8]) {
        precondition(payload.count < 126)
        let key: [UInt8] = [1, 2, 3, 4]
        send(
            [0x80 | opcode, 0x80 | UInt8(payload.count)] + key
                + payload.enumerated().map { $1 ^ key[$0 % 4] })
    }

    /// The opening handshake; the response.
    func upgrade(
        path: String = "/", fields: [String] = []
    ) -> (head: String, body: String)? {
        let more = fields.map { $0 + "\r\n" }.joined()
        send(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n\(more)\r\n")
        return response()
    }
}

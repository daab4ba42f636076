// A plain client for tests of servers over real sockets.
import Glibc

/// A blocking TCP client with a time limit on each receive.
public final class Client {
    private var socket: Int32
    /// Received bytes that were not consumed yet.
    public private(set) var pending: [UInt8] = []

    /// Connects to a running server; ends the process if that fails.
    public convenience init(port: UInt16, timeLimit: Int = 10) {
        self.init(connectingTo: port, timeLimit: timeLimit)!
    }

    /// Connects to a port of this machine; nil if nothing listens there.
    public init?(connectingTo port: UInt16, timeLimit: Int = 10) {
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
        guard status == 0 else { return nil }
        limitReceives(to: timeLimit)
    }

    /// Connects to a local socket; nil if nothing listens there.
    public init?(path: String, timeLimit: Int = 10) {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafeBytes(of: &address) { bytes in
            connect(
                socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        guard status == 0 else { return nil }
        limitReceives(to: timeLimit)
    }

    private func limitReceives(to seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { if socket >= 0 { Glibc.close(socket) } }

    /// Closes the connection; unread bytes make it a reset.
    public func close() {
        Glibc.close(socket)
        socket = -1
    }

    /// Ends the connection with a reset: SO_LINGER with no time, socket(7).
    public func reset() {
        var none = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Waits at most for the time limit; false if nothing came.
    public func hearsAnything() -> Bool { receive() }

    public func send(_ text: String) { send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    public func endOutput() { shutdown(socket, Int32(SHUT_WR)) }

    /// Receives once into `pending`; false at the end of the stream, on failure or after the time
    /// limit.
    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    /// A response head, and its body by Content-Length or chunks.
    public func response(hasBody: Bool = true) -> (head: String, body: String)? {
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

    /// The received bytes until they contain `marker`, or until the end.
    public func received(until marker: String) -> String {
        while pending.firstRange(of: Array(marker.utf8)) == nil { guard receive() else { break } }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Everything until the server closes.
    public func rest() -> [UInt8] {
        while receive() {}
        return pending
    }

    /// The server's next frame: opcode and payload.
    public func frame() -> (opcode: UInt8, payload: [UInt8])? {
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

    public func text() -> String? {
        guard let frame = frame(), frame.opcode == 1 else { return nil }
        return String(decoding: frame.payload, as: UTF8.self)
    }

    public func sendText(_ text: String) { sendFrame(1, Array(text.utf8)) }

    public func sendFrame(_ opcode: UInt8, _ payload: [UInt8]) {
        precondition(payload.count <= 0xFFFF)
        let count = UInt16(payload.count)
        let length =
            count < 126 ? [0x80 | UInt8(count)] : [0xFE, UInt8(count >> 8), UInt8(count & 0xFF)]
        let key: [UInt8] = [1, 2, 3, 4]
        send(
            [0x80 | opcode] + length + key
                + payload.enumerated().map { $1 ^ key[$0 % 4] })
    }

    /// Does the opening handshake; returns the response.
    public func upgrade(
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

// A redis-server of its own for a test: on a socket in a folder of its own.
import Foundation
import Glibc
import TestSupport

/// A redis-server that keeps nothing. Debian's redis-tools has the program under another name: it
/// knows by its own name that it is the server.
final class RedisServer {
    /// Why there is none on this machine; nil if there is.
    static let missing: String? =
        program == nil ? "there is no redis-server; `make test` installs it" : nil

    private static let program = ["redis-server", "redis-check-rdb"].lazy
        .flatMap { name in ["/usr/bin/", "/usr/local/bin/"].map { $0 + name } }
        .first { access($0, X_OK) == 0 }

    let path: String
    /// A TCP port for its replicas; 0 if it has none.
    let port: UInt16
    private let folder: URL
    private let options: [String]
    private var process: Process?

    init(hasPort: Bool = false, options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "engine-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("redis.sock").path
        port = hasPort ? Self.freePort() : 0
        self.options = options
        try FileManager.default.createSymbolicLink(
            atPath: folder.appendingPathComponent("redis-server").path,
            withDestinationPath: Self.program!)
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    func start() throws {
        try? FileManager.default.removeItem(atPath: path)
        let process = Process()
        process.executableURL = folder.appendingPathComponent("redis-server")
        process.arguments =
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", path, "--save", "",
                "--dir", folder.path, "--repl-diskless-sync-delay", "0",
            ] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
        while !command("PING").hasPrefix("+PONG") {
            precondition(process.isRunning, "redis-server has ended")
        }
    }

    func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stands still, with its connections open.
    func stop() { Glibc.kill(process!.processIdentifier, SIGSTOP) }
    func goOn() { Glibc.kill(process!.processIdentifier, SIGCONT) }

    /// Sends a line, and returns the answer's first line, or the one
    /// with this number; empty if nothing answers.
    @discardableResult
    func command(_ line: String, lines: Int = 1) -> String {
        guard let client = Client(path: path) else {
            usleep(1_000)
            return ""
        }
        client.send(line + "\r\n")
        var answer = client.received(until: "\r\n")
        // What is asked for here comes in one piece.
        if lines > 1, !answer.hasPrefix("-") { answer = client.received(until: "\r\n") }
        client.close()
        let all = answer.split(whereSeparator: \.isNewline).map(String.init)
        return all.prefix(lines).last ?? ""
    }

    private static func freePort() -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(socket, $0, length)
                _ = getsockname(socket, $0, &length)
            }
            return UInt16(bigEndian: $0.pointee.sin_port)
        }
    }
}

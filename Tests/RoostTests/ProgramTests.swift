// The programs as a person meets them: what they say when they start, stop, and cannot.
import Foundation
import Glibc
import Programs
import Testing

/// One run of a program, with what it printed.
private final class Run {
    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    init(_ command: [String], environment: [String: String]? = nil) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        if let environment {
            process.environment = ProcessInfo.processInfo.environment
                .merging(environment) { $1 }
        }
        try process.run()
    }

    /// The first line with "Listening on", or nil if the program ends without it.
    func address() -> String? {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            text += String(decoding: data, as: UTF8.self)
            if let line = text.split(separator: "\n").first(where: { $0.contains("Listening on ") }
            ),
                text.contains("\n")
            {
                return String(line.dropFirst("Listening on ".count))
            }
        }
    }

    /// Waits for the end: status, standard output and standard error.
    func end() -> (status: Int32, output: String, errors: String) {
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complained = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said, complained)
    }

    func stop(_ signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        return end().status
    }
}

/// A plain TCP client: sends and reads until the other side closes.
private func exchange(_ request: String, port: Int, until marker: String) -> String {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafeBytes(of: &address) {
        connect(
            socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    guard status == 0 else { return "no connection: \(errno)" }
    _ = Array(request.utf8).withUnsafeBytes { send(socket, $0.baseAddress, $0.count, 0) }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains(marker) {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return text
}

@Suite struct ProgramTests {
    private static let programs = ["roost", "echo-server", "broadcast-server"]

    private func command(_ program: String, port: String, _ more: String...) -> [String] {
        let path = BuildProducts.path(program)
        return (program == "roost" ? [path, "serve", "--port", port] : [path, port]) + more
    }

    private func port(of address: String) -> Int { Int(address.split(separator: ":").last!)! }

    @Test(arguments: programs, [SIGTERM, SIGINT])
    func `Says where it listens, serves, and stops with status 0`(
        program: String, signal: Int32
    ) throws {
        let run = try Run(command(program, port: "0"))
        let address = try #require(run.address())
        #expect(address.hasPrefix(program == "roost" ? "http://127.0.0.1:" : "ws://127.0.0.1:"))
        let answer = exchange(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port(of: address),
            until: "\r\n\r\n")
        #expect(answer.hasPrefix(program == "roost" ? "HTTP/1.1 200 " : "HTTP/1.1 404 "))
        #expect(run.stop(signal) == 0)
    }

    @Test(arguments: programs)
    func `A busy port is one clear sentence and a status`(program: String) throws {
        let first = try Run(command(program, port: "0"))
        let address = try #require(first.address())
        let second = try Run(command(program, port: "\(port(of: address))"))
        let end = second.end()
        #expect(end.status != 0)
        #expect(end.output == "")
        #expect(end.errors.hasPrefix("Error: Cannot listen on 127.0.0.1:\(port(of: address)): "))
        #expect(end.errors.split(separator: "\n").count == 1)
        #expect(first.stop(SIGTERM) == 0)
    }

    @Test(arguments: [
        (["--nonsense"], "--nonsense"), (["--port", "99999"], "99999"),
        (["--max-message", "12q"], "12q"), (["--per-address", "0"], "per-address"),
        (["--origin", "http://a.org"], "origin"), (["--max-connections", "0"], "at least 1"),
        (["--handshake-timeout", "0"], "handshake-timeout"),
    ])
    func `A bad flag is named, and how to use it`(flags: [String], word: String) throws {
        let end = try Run([BuildProducts.path("roost"), "serve"] + flags).end()
        #expect(end.status != 0)
        #expect(end.errors.hasPrefix("Error: "))
        #expect(end.errors.contains(word))
        #expect(end.errors.contains("Usage: "))
    }

    @Test func `An unknown command is refused`() throws {
        let end = try Run([BuildProducts.path("roost"), "dance"]).end()
        #expect(end.status != 0)
        #expect(end.errors.hasPrefix("Error: "))
    }

    @Test(arguments: programs)
    func `Help lists the flags`(program: String) throws {
        let path = BuildProducts.path(program)
        let end = try Run(program == "roost" ? [path, "serve", "--help"] : [path, "--help"]).end()
        #expect(end.status == 0)
        for flag in [
            "--host", "--max-message", "--max-connections", "--per-address", "--rate-limit",
            "--outbox", "--topic-log", "--origin", "--reuse-port", "--no-limits",
        ] {
            #expect(end.output.contains(flag))
        }
    }

    private static let canChangeUser =
        geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0
        && ((try? String(
            contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 1024) > 80

    @Test(.enabled(if: canChangeUser, "needs root and setpriv"))
    func `A port that needs a privilege says so`() throws {
        // Where the build products lie another user may not be let in: a copy is run.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appendingPathComponent("roost").path
        try FileManager.default.copyItem(atPath: BuildProducts.path("roost"), toPath: copy)
        let end = try Run(
            ["setpriv", "--reuid", "65534", "--clear-groups", copy, "serve", "--port", "80"]
        ).end()
        #expect(end.status != 0)
        #expect(end.errors.contains("Permission denied"))
        #expect(end.errors.contains("1024"))
    }

    private static let canActivate = access("/usr/bin/systemd-socket-activate", X_OK) == 0

    @Test(.enabled(if: canActivate, "needs systemd-socket-activate"))
    func `Takes the sockets that systemd passes`() throws {
        // A port that was free a moment ago: systemd-socket-activate does not say which it took.
        let probe = try Run(command("echo-server", port: "0"))
        let free = port(of: try #require(probe.address()))
        #expect(probe.stop(SIGTERM) == 0)
        let run = try Run([
            "systemd-socket-activate", "-l", "127.0.0.1:\(free)",
            BuildProducts.path("roost"), "serve", "--port", "1",
        ])
        // The first connection starts the server, and is not lost.
        var answer = ""
        for _ in 0..<1000 where !answer.contains("200") {
            answer = exchange(
                "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: free, until: "}")
            if answer.hasPrefix("no connection") { usleep(10_000) }
        }
        #expect(answer.contains(#"{"status":"ok"}"#))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `With few descriptors those who wait are let in when others leave`() throws {
        let run = try Run(
            [
                "sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\"",
            ] + command("echo-server", port: "0", "--max-connections", "1000"))
        let address = try #require(run.address())
        let port = port(of: address)
        var sockets: [Int32] = []
        for _ in 0..<100 {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let status = withUnsafeBytes(of: &address) {
                connect(
                    socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                    socklen_t($0.count))
            }
            #expect(status == 0)
            sockets.append(socket)
        }
        // Full, it does not spin: CPU time stays small while somebody waits.
        let before = try cpuTicks(of: run.process.processIdentifier)
        let answer = exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n", port: port, until: "\r\n\r\n")
        #expect(!answer.contains("HTTP/1.1 200"))
        for socket in sockets { close(socket) }
        var later = ""
        for _ in 0..<100 where !later.hasPrefix("HTTP/1.1 404") {
            later = exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n", port: port, until: "\r\n\r\n")
        }
        #expect(later.hasPrefix("HTTP/1.1 404"))
        #expect(try cpuTicks(of: run.process.processIdentifier) - before < 200)
        #expect(run.stop(SIGTERM) == 0)
    }

    /// User and system time in hundredths of a second.
    private func cpuTicks(of process: Int32) throws -> Int {
        let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = stat[stat.lastIndex(of: ")")!...].split(separator: " ")
        return Int(fields[12])! + Int(fields[13])!
    }
}

// The other WebSocket servers, as tiny programs under Benchmarks/peers.
import Foundation
import SystemdSupport

/// One other server: how it is found, built and started.
struct Peer: Sendable {
    enum Mode: String, Sendable { case echo, broadcast }

    let name: String
    /// What to install to get it.
    let hint: String
    /// Prepares the server. Returns its command without mode and port, and its version.
    let prepare:
        @Sendable (_ folder: String, _ built: String) throws -> (command: [String], version: String)

    /// Something that is needed is not on this machine.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    static let all: [Peer] = [
        Peer(
            name: "uWebSockets (C++)",
            hint: "pip install socketify, which brings it compiled; apt-get install libuv1"
        ) { folder, built in
            let found = try output([
                python(folder), "-c",
                """
                import importlib.metadata, importlib.util
                print(importlib.util.find_spec("socketify").submodule_search_locations[0])
                print(importlib.metadata.version("socketify"))
                """,
            ]).split(separator: "\n").map(String.init)
            let library = "\(found[0])/libsocketify_linux_amd64.so"
            let program = "\(built)/uwebsockets"
            _ = try output([
                "cc", "-O3", "-o", program, "\(folder)/uwebsockets.c", library,
                "-Wl,-rpath,\(found[0])",
            ])
            return ([program], "as in socketify \(found[1]), over libuv")
        },
        Peer(name: "libwebsockets (C)", hint: "apt-get install libwebsockets-dev") {
            folder, built in
            let version = try output(["pkg-config", "--modversion", "libwebsockets"])
                .trimmingCharacters(in: ["-"])
            let flags = try output(["pkg-config", "--cflags", "--libs", "libwebsockets"])
                .split(whereSeparator: \.isWhitespace).map(String.init)
            let program = "\(built)/libwebsockets"
            _ = try output(["cc", "-O3", "-o", program, "\(folder)/libwebsockets.c"] + flags)
            return ([program], version)
        },
        Peer(
            name: "gorilla (Go)",
            hint: "apt-get install golang-go golang-github-gorilla-websocket-dev"
        ) { folder, built in
            let source = "/usr/share/gocode/src/github.com/gorilla/websocket"
            guard FileManager.default.fileExists(atPath: source) else {
                throw Missing(description: "there is no \(source)")
            }
            let program = "\(built)/gorilla"
            _ = try output(
                [
                    "env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOFLAGS=",
                    "GOCACHE=\(built)/go-cache", "go", "build", "-o", program,
                    "\(folder)/gorilla/main.go",
                ])
            let go = try output(["go", "version"]).split(separator: " ")
            return (
                [program],
                try debianVersion("golang-github-gorilla-websocket-dev")
                    + (go.count > 2 ? ", \(go[2])" : "")
            )
        },
        Peer(name: "SwiftNIO", hint: "Swift, and the network for its package") { folder, built in
            let build = [
                "swift", "build", "-c", "release", "--package-path", "\(folder)/nio",
                "--scratch-path", "\(built)/nio",
            ]
            _ = try output(build)
            let path = try output(build + ["--show-bin-path"])
            let checkout = "\(built)/nio/checkouts/swift-nio"
            let version = try? output(["git", "-C", checkout, "describe", "--tags"])
            return (["\(path)/nio-peer"], version ?? "unknown version")
        },
        Peer(name: "ws (node)", hint: "apt-get install node-ws") { folder, _ in
            let modules = "/usr/share/nodejs"
            let version = try output([
                "env", "NODE_PATH=\(modules)", "node", "-p", "require('ws/package.json').version",
            ])
            let node = try output(["node", "--version"])
            return (
                ["env", "NODE_PATH=\(modules)", "node", "\(folder)/ws.js"],
                "\(version), node \(node)"
            )
        },
        Peer(name: "websockets (Python)", hint: "pip install websockets") { folder, _ in
            let python = python(folder)
            let version = try output([
                python, "-c",
                "import websockets.asyncio.server, websockets; print(websockets.__version__)",
            ])
            let runtime = try output([python, "--version"])
            return ([python, "\(folder)/websockets_peer.py"], "\(version), \(runtime)")
        },
    ]

    /// The command of a mode; with these files it speaks TLS.
    func command(
        _ mode: Mode, _ prepared: [String], _ files: CertificateFiles? = nil
    ) -> ServerProcess.Command {
        let tls = files.map { [$0.certificate, $0.privateKey] } ?? []
        return ServerProcess.Command(
            arguments: prepared + [mode.rawValue, "{port}"] + tls, name: name,
            isEncrypted: files != nil)
    }

    /// The Python of `make bench-peers`, or that of the tests, or the system's.
    private static func python(_ folder: String) -> String {
        [".venv-peers", ".venv-test"].map { "\(folder)/../../\($0)/bin/python" }
            .first(where: FileManager.default.isExecutableFile(atPath:)) ?? "python3"
    }

    private static func debianVersion(_ package: String) throws -> String {
        try output(["dpkg-query", "-W", "-f", "${Version}", package])
    }

    /// The output of a command.
    ///
    /// - Throws: Missing if it cannot be run or fails, with its last line of error output.
    private static func output(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        // A file, because one of two pipes may fill up while the other is read.
        let log = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-peer-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let errors = try String(contentsOf: log, encoding: .utf8)
            let last = errors.split(whereSeparator: \.isNewline)
                .last { !$0.allSatisfy(\.isWhitespace) }
            throw Missing(
                description: last.map { TerminalText.line(String($0)) }
                    ?? "\(command[0]) failed")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

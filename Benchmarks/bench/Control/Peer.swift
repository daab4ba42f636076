// The servers that others have made, as tiny programs under Benchmarks/peers.
import Foundation

/// One of them: how it is found, built and started.
struct Peer: Sendable {
    enum Mode: String, Sendable { case echo, broadcast }

    let name: String
    /// Who would have it installs this.
    let hint: String
    /// Makes it ready. Returns its command but for mode and port, and its version.
    let prepare:
        @Sendable (_ folder: String, _ built: String) throws -> (command: [String], version: String)

    /// Something that is needed is not on this machine.
    struct Missing: Error {}

    static let all: [Peer] = [
        Peer(name: "libwebsockets (C)", hint: "apt-get install libwebsockets-dev") {
            folder, built in
            let version = try output(["pkg-config", "--modversion", "libwebsockets"])
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
            guard FileManager.default.fileExists(atPath: source) else { throw Missing() }
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
            let own = "\(folder)/../../.venv-test/bin/python"
            let python = FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
            let version = try output([
                python, "-c",
                "import websockets.asyncio.server, websockets; print(websockets.__version__)",
            ])
            let runtime = try output([python, "--version"])
            return ([python, "\(folder)/websockets_peer.py"], "\(version), \(runtime)")
        },
    ]

    func command(_ mode: Mode, _ prepared: [String]) -> ServerProcess.Command {
        ServerProcess.Command(arguments: prepared + [mode.rawValue, "{port}"], name: name)
    }

    private static func debianVersion(_ package: String) throws -> String {
        try output(["dpkg-query", "-W", "-f", "${Version}", package])
    }

    /// What a command prints; throws if it cannot be run or fails.
    private static func output(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        try errors.fileHandleForWriting.close()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing() }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

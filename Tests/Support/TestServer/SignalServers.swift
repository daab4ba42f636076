// Servers in a program that had threads before them, as every async program has.
import Foundation
import WebSocketServer

extension TestServer {
    /// Serves with `count` servers, each on a thread of its own, until signals have ended all.
    static func serve(count: Int) async throws {
        // A thread that only waits: the kernel may give it any signal.
        Thread { while true { pause() } }.start()
        Task.detached { try await Task.sleep(for: .seconds(3600)) }
        var ends: [Task<Void, any Error>] = []
        for _ in 0..<count {
            var configuration = ServerConfiguration()
            configuration.stopSignals = [.interrupt, .terminate]
            let server = try Server(
                ClosureHandler { message, id, io in io.send(message, to: id) }, configuration)
            print("Listening on ws://\(server.addresses[0])")
            ends.append(Task { try await server.run() })
        }
        print("\(count) in all")
        fflush(nil)
        for end in ends { try await end.value }
        print("all have ended")
    }

    /// Serves until a client says "cancel", which cancels the task; then in a task that was
    /// cancelled before it begins.
    static func serveUntilCancelled() async throws {
        let (said, saying) = AsyncStream<Void>.makeStream()
        let echo = ClosureHandler { message, id, io in
            if message.text == "cancel" { saying.yield() }
            io.send(message, to: id)
        }
        let server = try Server(echo, ServerConfiguration())
        print("Listening on ws://\(server.addresses[0])")
        fflush(nil)
        let run = Task { try await server.run() }
        for await _ in said { break }
        run.cancel()
        try await run.value
        let late = try Server(ClosureHandler { _, _, _ in }, ServerConfiguration())
        let other = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await late.run()
        }
        try await other.value
        print("all have ended")
    }

    /// Prints what a program that is started beside a server finds of the process's signals.
    static func startChild() throws {
        var configuration = ServerConfiguration()
        configuration.stopSignals = [.interrupt, .terminate]
        configuration.signals = [.hangUp, .user2]
        let server = try Server(ClosureHandler { _, _, _ in }, configuration)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/grep")
        child.arguments = ["-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"]
        try child.run()
        child.waitUntilExit()
        withExtendedLifetime(server) {}
    }
}

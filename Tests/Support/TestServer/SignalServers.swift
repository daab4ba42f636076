// Servers in a program that had threads before them, as every async program has.
import Foundation
import WebSocketServer

extension TestServer {
    /// Serves with `count` servers, each on a thread of its own, until signals have ended all.
    static func serve(count: Int) async throws {
        // A thread that only waits: the kernel may give it any signal.
        Thread { while true { pause() } }.start()
        Task.detached { try await Task.sleep(for: .seconds(3600)) }
        var ends: [Task<Void, Never>] = []
        for _ in 0..<count {
            var configuration = ServerConfiguration()
            configuration.stopSignals = [.interrupt, .terminate]
            let server = try Server(
                ClosureHandler { message, id, io in io.send(message, to: id) }, configuration)
            print("Listening on ws://\(server.addresses[0])")
            let box = ServerBox(server: server)
            ends.append(
                Task {
                    await withCheckedContinuation { end in
                        Thread {
                            box.server.run()
                            end.resume()
                        }.start()
                    }
                })
        }
        print("\(count) in all")
        fflush(nil)
        for end in ends { await end.value }
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

/// Moves a server to its thread, which alone uses it.
private struct ServerBox: @unchecked Sendable {
    let server: Server<ClosureHandler>
}

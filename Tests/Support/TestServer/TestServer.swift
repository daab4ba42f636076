// A program with servers, for tests that need a process of their own:
//
//     TestServer signals COUNT      servers in an async program, with threads from before
//     TestServer cancel             a server whose task is cancelled when a client says "cancel"
//     TestServer child              starts a program after a server, and prints its signals
//     TestServer tasks              answers from async functions
//     TestServer misses             makes servers of handlers that miss callbacks
//     TestServer tokens             looks tokens up in a task before it accepts a client
//     TestServer lines HOST         positions and bursts, for readers on slow lines
//     TestServer reexec [FLAG…]     lets other programs take over, as clients ask for it
//     TestServer tls CHAIN KEY [CA] long answers over TLS, and the names of certificates
import Foundation
import WebSocketServer

@main
struct TestServer {
    // `async` on purpose: the runtime has threads before any server is made.
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("signals", let count?): try await serve(count: Int(count) ?? 1)
        case ("cancel", nil): try await serveUntilCancelled()
        case ("child", nil): try startChild()
        case ("tasks", nil): try TaskServer.run()
        case ("misses", nil): try makeServersWithMisses()
        case ("tokens", nil): try await serveMembers()
        case ("lines", let host?): try LineServer.run(host: host)
        case ("reexec", _): try await ReexecServer.run(Array(arguments.dropFirst()))
        case ("tls", let chain?) where arguments.count >= 3:
            let more = Array(arguments.dropFirst(2))
            try EncryptedHandler.run(
                chain: chain, key: more[0], authorities: more.dropFirst().first)
        default: throw CocoaError(.fileReadUnknown)
        }
    }
}

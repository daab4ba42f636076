// The echo with async functions: a task for each connection, which reads and sends.
//
// Try it: `swift run async-echo 8080`, and in another terminal `swift run talk ws://127.0.0.1:8080`.
import ArgumentParser
import CommandLineOptions
import WebSocketServerAsync

@main
struct AsyncEcho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "async-echo", abstract: "Answers every message with the message.",
        version: Version.current)

    @Argument(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 8080

    @OptionGroup var options: ServerOptions

    mutating func run() async throws {
        let configuration = try options.configuration(port: port, defaultOrigin: .any)
        let server = try AsyncServer(configuration) { socket in
            for try await message in socket.messages { try await socket.send(message) }
        }
        announce(server.listeners, scheme: "ws", configuration.tls)
        try await server.run()
    }
}

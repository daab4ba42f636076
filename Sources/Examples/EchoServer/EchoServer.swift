// The classic first example: what a client sends comes back.
//
// Try it from the console of any web page:
//
//     let socket = new WebSocket("ws://localhost:8080")
//     socket.onmessage = event => console.log(event.data)
//     socket.onopen = () => socket.send("Hello!")
//
// `kill -USR1` starts it anew, or what has been installed in its place: the connections stay.
import ArgumentParser
import CommandLineOptions
import WebSocketServer

/// The application: a value with one callback.
struct Echo: WebSocketHandler {
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.send("RECEIVED : \(message.text)", to: id)
    }
}

/// The same without a prefix: text stays text, binary stays binary, and nothing is copied.
struct VerbatimEcho: WebSocketHandler {
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.send(message, to: id)
    }
}

@main
struct EchoServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo-server", abstract: "Answers every message with the message.",
        version: Version.current)

    @Argument(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 8080

    @Flag(help: "Echo every message unchanged, with the benchmark profile: no limits.")
    var verbatim = false

    @OptionGroup var options: ServerOptions

    mutating func run() throws {
        if verbatim { options.noLimits = true }
        // Let any web page try this example, from another server or a local file.
        var configuration = try options.configuration(port: port, defaultOrigin: .any)
        configuration.reexecSignals = [.user1]
        if verbatim {
            let server = try Server(VerbatimEcho(), configuration)
            announce(server.listeners, scheme: "ws", configuration.tls)
            server.run()
        } else {
            let server = try Server(Echo(), configuration)
            announce(server.listeners, scheme: "ws", configuration.tls)
            print("Pages of any Origin may connect: this is an example.")
            server.run()
        }
    }
}

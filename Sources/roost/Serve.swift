// `roost serve`: binds, says where, and serves until it is told to stop.
import ArgumentParser
import ChatRooms
import CommandLineOptions
import Glibc
import Logging
import WebSocketServer

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the chat and its page until SIGTERM or SIGINT.")

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 8080

    @OptionGroup var options: ServerOptions

    @OptionGroup(title: "Operation") var operation: ControlOptions

    func run() throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var configuration = try options.configuration(port: port)
        let access = try operation.access()
        if let note = operation.addControlSocket(to: &configuration, access) {
            configuration.logger.notice("\(note)")
        }
        let handler = ChatHandler(
            limits: chatLimits, epochSeed: UInt64.random(in: .min ... .max), access: access)
        let server = try Server(handler, configuration)
        announce(server.addresses, scheme: "http")
        server.run()
    }

    private var chatLimits: ChatLimits {
        var limits = ChatLimits()
        if options.noLimits { limits.commandsPerSecond = 0 }
        if let rate = options.rateLimit { limits.commandsPerSecond = rate.value ?? 0 }
        return limits
    }
}

// A server on a thread of its own.
import Foundation
import Logging
import WebSocketServer

/// Runs a server until `stop()`, on a free port.
final class RunningServer<Handler: MailHandler>: @unchecked Sendable
where Handler.Mail == HandlerMail {
    let port: UInt16
    private let mailbox: Mailbox<HandlerMail>
    private let run: BackgroundRun

    init(
        _ handler: sending Handler, limits: Limits = Limits(), origin: OriginPolicy = .sameHost
    ) throws {
        var configuration = ServerConfiguration()
        configuration.limits = limits
        // Clients here do not close their side, so the stop should not wait long for them.
        configuration.limits.closeDeadline = .milliseconds(200)
        configuration.origin = origin
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try Server(handler, configuration)
        port = server.addresses[0].port
        mailbox = server.mailbox
        run = BackgroundRun(server)
    }

    /// Runs a closure in the handler, on the loop's thread.
    func post(_ mail: HandlerMail) { mailbox.post(mail) }

    /// Requests the stop and waits for the end; false if it does not end.
    func stop() -> Bool {
        mailbox.post(.stop)
        return run.ends()
    }
}

/// A server that runs on a thread of its own.
final class BackgroundRun: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    init<Handler: WebSocketHandler>(_ server: Server<Handler>) {
        let ended = ended
        Thread {
            server.run()
            ended.signal()
        }.start()
    }

    /// Waits for the end; false if it does not end.
    func ends() -> Bool { ended.wait(timeout: .now() + 20) == .success }
}

/// Messages from tests to their handlers.
enum HandlerMail: Sendable {
    case stop
    case answer(ConnectionID, String)
}

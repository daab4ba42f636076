// A client for the terminal: it sends the lines that you type and prints the messages it receives.
//
//     swift run talk ws://localhost:8080
//
// It shows what a client consists of: a request, a handler, and a mailbox for another thread.
import ArgumentParser
import CommandLineOptions
import Glibc
import SystemdSupport
import WebSocketServer

/// What the thread that reads the terminal posts.
enum Typed: Sendable {
    case line(String)
    case end
}

/// The application: one connection.
struct Conversation: MailHandler, OperationsHandler {
    typealias Mail = Typed

    let request: ConnectRequest
    private var connection: ConnectionID?
    /// Lines that were typed before the connection was open.
    private var waiting: [Typed] = []
    private var isOpen = false

    init(_ request: ConnectRequest) { self.request = request }

    mutating func onStart(_ io: inout ServerContext) { connection = io.connect(request) }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        let subprotocol = io.agreement(of: id)?.subprotocol.map { ", subprotocol \($0)" } ?? ""
        note("Connected to \(request.url)\(subprotocol). Ctrl-D closes.")
        isOpen = true
        for typed in waiting { say(typed, to: id, &io) }
        waiting = []
    }

    mutating func onMail(_ mail: Typed, _ io: inout ServerContext) {
        guard let connection, isOpen else { return waiting.append(mail) }
        say(mail, to: connection, &io)
    }

    private func say(_ typed: Typed, to id: ConnectionID, _ io: inout ServerContext) {
        switch typed {
        case .line(let line): io.send(line, to: id)
        case .end: io.close(id)
        }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        write(message.isText ? message.text : "(\(message.bytes.count) bytes)", to: STDOUT_FILENO)
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        note("\(error)")
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        switch cause {
        case .serverClosed, .stopping: break
        case .peerClosed(let code):
            note("The server has closed the connection (\(code)).")
            if code != .normal { exit(1) }
        default: exit(1)
        }
        io.stop()
    }

    /// Messages go to standard output, notes about the connection to standard error.
    private func note(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes a line unbuffered, so that it reaches the reader of a pipe at once. The server's
    /// words are anybody's: on a terminal, control characters are shown and not obeyed.
    private func write(_ text: String, to descriptor: Int32) {
        var line = (isatty(descriptor) == 1 ? TerminalText.lines(text) : text) + "\n"
        line.withUTF8 { _ = unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

@main
struct Talk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "talk", abstract: "Sends typed lines to a WebSocket and prints its messages.",
        version: Version.current)

    @Argument(help: "Where to: ws://HOST:PORT/PATH, or wss://.")
    var url: String

    @Option(help: "A subprotocol to offer; may be repeated.")
    var subprotocol: [String] = []

    @Option(help: "A field of the request, as \"Name: value\"; may be repeated.")
    var header: [String] = []

    @Option(
        help: """
            A file with the certificates to trust for wss, in PEM: the authorities of the server, \
            or its own certificate. Default: the authorities of the system.
            """)
    var ca: String?

    @Option(help: "A file with a certificate to show to the server, in PEM; with --key.")
    var certificate: String?

    @Option(help: "The file with the private key of --certificate, in PEM.")
    var key: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key belong together.")
        }
    }

    mutating func run() throws {
        let client = try WebSocketClient(Conversation(try request()), clientConfiguration)
        let mailbox = client.mailbox
        // Reading the terminal blocks, so it happens on another thread.
        Task.detached {
            var isFirst = true
            while let line = readLine() {
                mailbox.post(.line(isFirst ? withoutByteOrderMark(line) : line))
                isFirst = false
            }
            mailbox.post(.end)
        }
        client.run()
    }

    private var clientConfiguration: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.stopSignals = [.interrupt, .terminate]
        return configuration
    }

    private func request() throws -> ConnectRequest {
        var request: ConnectRequest
        do {
            request = try ConnectRequest(url)
        } catch {
            throw ValidationError("\(error)")
        }
        request.subprotocols = subprotocol
        if ca != nil || certificate != nil { request.tls = try encryption() }
        for field in header {
            guard let colon = field.firstIndex(of: ":") else {
                throw ValidationError("\"\(field)\" is not a header field: write \"Name: value\".")
            }
            let value = field[field.index(after: colon)...].drop { $0 == " " }
            request.headers.append((String(field[..<colon]), String(value)))
        }
        return request
    }
}

extension Talk {
    /// What is checked of the server, and shown to it.
    private func encryption() throws -> ClientTLS {
        var shown: TLS.Certificate?
        if let certificate, let key {
            shown = TLS.Certificate(
                chain: try TextFile.bytes(certificate), privateKey: try TextFile.bytes(key),
                origin: certificate)
        }
        return try ClientTLS(authorities: try ca.map(TextFile.bytes), certificate: shown)
    }
}

/// A file that some editors have written begins with U+FEFF.
private func withoutByteOrderMark(_ line: String) -> String {
    line.unicodeScalars.first == "\u{FEFF}" ? String(line.unicodeScalars.dropFirst()) : line
}

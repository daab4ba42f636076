// A server that lets other programs take over, as its clients ask for it.
import Foundation
import SystemdSupport
import WebSocketServer

/// What a client says is done, and anything else comes back with the number of all messages:
///
/// - "run PATH ARGUMENT…": this program takes over; the reason comes back if it does not.
/// - "run again": this one, with the same arguments.
/// - "generation": how many programs have taken over so far.
/// - "join" and "all TEXT": a topic.
///
/// - "busy STAGE COUNT": the next COUNT times it is not at rest at this stage. "resumed": how often
///   it has served on.
/// - "await" and "answer": says when a request waits, and answers all that do. A request of
///   `/events` is answered at once, with all that comes by "all TEXT".
///
/// With `--refuse` it takes nothing over, with `--clients` it has a client besides, with `--thread`
/// the server has a thread of its own. `--local PATH` adds a local socket.
///
/// With `--service` it takes systemd's sockets, and at SIGUSR2 leaves its connections in systemd's
/// store. With `--chat` whatever a client says goes to all, and `--tls CHAIN KEY` encrypts.
struct ReexecServer: HandOverHandler, MailHandler, HTTPHandler, OperationsHandler {
    private var messageCount = 0
    private var generation = 0
    private var waiting: [ConnectionID] = []
    /// Wants to know when a request waits.
    private var asker: ConnectionID?
    private var busy: (stage: String, count: Int) = ("", 0)
    private var resumedCount = 0
    private let refuses: Bool
    private let isChat: Bool
    private let mailboxes: @Sendable () -> Mailbox<Failure>?

    struct Failure: Sendable {
        let asker: ConnectionID
        let words: String
    }

    static func run(_ flags: [String]) async throws {
        var configuration = ServerConfiguration()
        configuration.stopSignals = [.terminate]
        configuration.reexecSignals = [.user1]
        // On a busy machine a program takes long to start, and clients of a test answer no Ping
        // while they do not read.
        configuration.limits.pingInterval = .seconds(600)
        configuration.limits.handshakeDeadline = .seconds(600)
        configuration.limits.outboxByteCount = 64 << 20
        configuration.limits.topicLogByteCount = 64 << 20
        if let place = flags.firstIndex(of: "--local") {
            configuration.addresses.append(.unix(path: flags[place + 1]))
        }
        if flags.contains("--service") { try beService(&configuration) }
        if let place = flags.firstIndex(of: "--tls") {
            let files = try flags[(place + 1)...(place + 2)].map {
                [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0)))
            }
            configuration.tls = try TLS(certificateChain: files[0], privateKey: files[1])
        }
        let box = Box()
        let handler = ReexecServer(
            refuses: flags.contains("--refuse"), isChat: flags.contains("--chat")
        ) { box.mailbox }
        let server = try Server(handler, configuration)
        box.mailbox = server.mailbox
        let client =
            flags.contains("--clients") ? try WebSocketClient(ClosureHandler { _, _, _ in }) : nil
        print("Listening on ws://\(server.addresses[0])")
        fflush(nil)
        if flags.contains("--thread") { try await server.run() } else { run(server) }
        withExtendedLifetime(client) {}
    }

    private static func run(_ server: Server<ReexecServer>) { server.run() }

    private static func beService(_ configuration: inout ServerConfiguration) throws {
        var sockets = try ListenSockets.take()
        configuration.descriptorStore = ServiceStore(takingFrom: &sockets)
        configuration.addresses = []
        configuration.passedSockets = sockets.map { .init(descriptor: $0.descriptor) }
        configuration.signals = [.user2]
    }

    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {
        io.stop(restarting: true)
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        if isChat { io.subscribe(id, to: io.topic(named: "all")) }
    }

    private final class Box: @unchecked Sendable { var mailbox: Mailbox<Failure>? }

    private init(
        refuses: Bool, isChat: Bool, mailboxes: @escaping @Sendable () -> Mailbox<Failure>?
    ) {
        self.refuses = refuses
        self.isChat = isChat
        self.mailboxes = mailboxes
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let text = message.text
        if isChat { return io.publish(text, to: io.topic(named: "all")) }
        let words = text.split(separator: " ").map(String.init)
        switch (words.first ?? "", words.count) {
        case ("run", 2...): run(words, id, &io)
        case ("generation", 1): io.send("generation \(generation)", to: id)
        case ("busy", 3):
            busy = (words[1], Int(words[2]) ?? 0)
            io.send("busy", to: id)
        case ("resumed", 1): io.send("resumed \(resumedCount)", to: id)
        case ("join", 1): io.subscribe(id, to: io.topic(named: "all"))
        case ("all", 2...): io.publish(text, to: io.topic(named: "all"))
        case ("await", 1):
            asker = id
            tellAsker(&io)
        case ("answer", 1):
            for request in waiting { io.respond(to: request, with: .text(.ok, "late")) }
            waiting = []
        default:
            messageCount += 1
            io.send("\(messageCount): \(text)", to: id)
        }
    }

    private func run(_ words: [String], _ id: ConnectionID, _ io: inout ServerContext) {
        var reexec = Reexec()
        reexec.checkDeadline = .seconds(words.last == "1000" ? 1 : 60)
        if words[1] != "again" {
            reexec.executable = words[1]
            reexec.arguments = Array(words.dropFirst())
        }
        io.reexec(reexec) { [mailboxes] failure in
            mailboxes()?.post(Failure(asker: id, words: failure.description))
        }
    }

    mutating func onMail(_ mail: Failure, _ io: inout ServerContext) {
        io.send(mail.words, to: mail.asker)
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        if request.head.pathIs("/events") {
            guard io.beginEventStream(to: request.id) else { return }
            return io.subscribe(request.id, to: io.topic(named: "all"))
        }
        waiting.append(request.id)
        tellAsker(&io)
    }

    private mutating func tellAsker(_ io: inout ServerContext) {
        guard !waiting.isEmpty, let asker else { return }
        io.send("waiting \(waiting.count)", to: asker)
        self.asker = nil
    }

    mutating func prepareHandOver(_ stage: HandOverStage, _ io: inout ServerContext) -> Bool {
        guard "\(stage)" == busy.stage, busy.count > 0 else { return true }
        busy.count -= 1
        return false
    }

    mutating func resumeAfterHandOver(_ io: inout ServerContext) { resumedCount += 1 }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.write(Int64(messageCount))
        writer.write(Int64(generation))
        writer.write(UInt32(waiting.count))
        for id in waiting {
            writer.write(id.resourceID)
            writer.write(id.slot)
        }
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        if refuses { throw StateError("This one refuses.") }
        messageCount = try reader.readCount()
        generation = try reader.readCount() + 1
        for _ in 0..<(try reader.read(UInt32.self)) {
            waiting.append(ConnectionID(resourceID: try reader.read(), slot: try reader.read()))
        }
    }
}

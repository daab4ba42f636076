// The client over real sockets: against this server, and against sockets with other answers.
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import WebSocketServer

/// Events of a client's handler, for the test's thread to read.
final class ClientLog: Sendable {
    struct Entries {
        var openCount = 0
        var texts: [String] = []
        var causes: [CloseCause] = []
        var errors: [ConnectionError] = []
        var subprotocols: [String?] = []
    }
    let entries = Mutex(Entries())
    func note(_ change: (inout Entries) -> Void) { entries.withLock { change(&$0) } }
    var all: Entries { entries.withLock { $0 } }
}

/// Opens `count` connections, sends each `texts` one after the other, waits for each echo, closes,
/// and stops when all have ended.
struct Talker: OperationsHandler {
    var requests: [ConnectRequest]
    var texts: [String]
    let log: ClientLog
    private var rounds: [UInt32: Int] = [:]
    private var endedCount = 0

    init(_ requests: [ConnectRequest], _ texts: [String], _ log: ClientLog) {
        (self.requests, self.texts, self.log) = (requests, texts, log)
    }

    mutating func onStart(_ io: inout ServerContext) {
        for request in requests { io.connect(request) }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        let subprotocol = io.agreement(of: id)?.subprotocol
        log.note {
            $0.openCount += 1
            $0.subprotocols.append(subprotocol)
        }
        rounds[id.slot] = 0
        goOn(id, &io)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let text = message.text
        log.note { $0.texts.append(text) }
        guard !text.hasPrefix("welcome") else { return }
        goOn(id, &io)
    }

    private mutating func goOn(_ id: ConnectionID, _ io: inout ServerContext) {
        let round = rounds[id.slot]!
        rounds[id.slot] = round + 1
        if round < texts.count { io.send(texts[round], to: id) } else { io.close(id) }
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        log.note { $0.errors.append(error) }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        log.note { $0.causes.append(cause) }
        endedCount += 1
        if endedCount == requests.count { io.stop() }
    }
}

@Suite struct ClientTests {
    /// Runs a client until it ends.
    private func run(
        _ requests: [ConnectRequest], _ texts: [String] = [],
        limits: (inout Limits) -> Void = { _ in }
    ) throws -> ClientLog.Entries {
        let log = ClientLog()
        var configuration = ClientConfiguration()
        limits(&configuration.limits)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try WebSocketClient(Talker(requests, texts, log), configuration).run()
        return log.all
    }

    @Test(.timeLimit(.minutes(1)))
    func `Talks to this server, by address and by name`() throws {
        let server = try RunningServer(SiteHandler())
        for host in ["127.0.0.1", "localhost"] {
            var request = try ConnectRequest("ws://\(host):\(server.port)/")
            request.subprotocols = ["a.v1", "b.v1"]
            let large = String(repeating: "grüße ", count: 5_000)
            let entries = try run([request], ["", "hello", large])
            #expect(entries.openCount == 1)
            #expect(entries.subprotocols == ["b.v1"])
            #expect(entries.texts.dropFirst() == ["", "hello", large])
            #expect(entries.causes == [.serverClosed(.normal)])
            #expect(entries.errors.isEmpty)
        }
        #expect(server.stop())
    }

    @Test(.timeLimit(.minutes(2)))
    func `Keeps a thousand connections on one loop`() throws {
        let server = try RunningServer(SiteHandler())
        let requests = try (0..<1_000).map { index in
            var request = try ConnectRequest("ws://127.0.0.1:\(server.port)/")
            request.source = .ipv4(127, 0, 0, UInt8(index % 5 + 1), port: 0)
            return request
        }
        let entries = try run(requests, ["one", "two"])
        #expect(entries.openCount == 1_000)
        #expect(entries.texts.filter { $0 == "two" }.count == 1_000)
        #expect(entries.causes == Array(repeating: .serverClosed(.normal), count: 1_000))
        #expect(server.stop())
    }

    @Test(.timeLimit(.minutes(1)))
    func `One connection, with closures alone`() throws {
        let server = try RunningServer(SiteHandler())
        var heard: [String] = []
        let request = try ConnectRequest("ws://127.0.0.1:\(server.port)/")
        let cause = try connect(
            request,
            onOpen: { id, io in io.send("Hello", to: id) },
            onMessage: { message, id, io in
                heard.append(message.text)
                if heard.count == 2 { io.close(id, code: .goingAway) }
            })
        #expect(heard.last == "Hello")
        #expect(cause == .serverClosed(.goingAway))
        #expect(server.stop())
        #expect(try connect(request) { _, _, _ in } == .connectFailed(ECONNREFUSED))
    }

    @Test(.timeLimit(.minutes(1)))
    func `Nothing listens there`() throws {
        let server = try RunningServer(SiteHandler())
        let port = server.port
        #expect(server.stop())
        let entries = try run([ConnectRequest("ws://127.0.0.1:\(port)/")])
        #expect(entries.causes == [.connectFailed(ECONNREFUSED)])
        #expect("\(entries.errors[0])".contains("Connection refused"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `No such host`() throws {
        let entries = try run([ConnectRequest("ws://does-not-exist.invalid/")])
        guard case .nameResolutionFailed? = entries.causes.first else {
            Issue.record("\(entries.causes)")
            return
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `A message over the client's limit ends it with 1009`() throws {
        let server = try RunningServer(SiteHandler())
        let entries = try run(
            [ConnectRequest("ws://127.0.0.1:\(server.port)/")],
            [String(repeating: "x", count: 2_000)]
        ) { $0.messageByteCount = 1_000 }
        #expect(entries.causes == [.violation(.messageTooBig)])
        #expect(server.stop())
    }

    @Test(.timeLimit(.minutes(1)))
    func `The server stops, and every connection hears 1001`() throws {
        let server = try RunningServer(SiteHandler())
        let log = ClientLog()
        let requests = try (0..<20).map { _ in
            try ConnectRequest("ws://127.0.0.1:\(server.port)/")
        }
        let client = try WebSocketClient(Watcher(requests, log))
        let box = ClientBox(client)
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            box.client.run()
            ended.signal()
        }
        thread.start()
        while log.all.openCount < 20 { usleep(2_000) }
        #expect(server.stop())
        #expect(ended.wait(timeout: .now() + 20) == .success)
        #expect(log.all.causes == Array(repeating: .peerClosed(.goingAway), count: 20))
    }
}

/// Opens connections and waits for their ends.
struct Watcher: OperationsHandler {
    let requests: [ConnectRequest]
    let log: ClientLog
    init(_ requests: [ConnectRequest], _ log: ClientLog) {
        (self.requests, self.log) = (requests, log)
    }

    mutating func onStart(_ io: inout ServerContext) {
        for request in requests { io.connect(request) }
    }
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        log.note { $0.openCount += 1 }
    }
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}
    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        log.note { $0.causes.append(cause) }
        if log.all.causes.count == requests.count { io.stop() }
    }
}

/// Moves a client to its thread.
private final class ClientBox: @unchecked Sendable {
    let client: WebSocketClient<Watcher>
    init(_ client: WebSocketClient<Watcher>) { self.client = client }
}

// Whole servers and clients over loopback: threads, cancellation, connections that come back.
import Logging
import Synchronization
import Testing
import WebSocketServer

@testable import WebSocketServerAsync

@Suite struct RunTests {
    private static func configuration() -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.limits.closeDeadline = .milliseconds(200)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return configuration
    }

    /// Runs a server for as long as `body` takes, then cancels it.
    private func withServer<Result: Sendable>(
        _ change: (inout ServerConfiguration) -> Void = { _ in },
        serve: @escaping Service.Serve,
        while body: (AsyncServer, ConnectRequest) async throws -> Result
    ) async throws -> Result {
        var configuration = Self.configuration()
        change(&configuration)
        let server = try AsyncServer(configuration, serve: serve)
        let request = try ConnectRequest("ws://127.0.0.1:\(server.addresses[0].port)/")
        async let run: Void = server.run()
        let result = try await body(server, request)
        server.stop(grace: .zero)
        try await run
        return result
    }

    private static let echo: Service.Serve = { socket in
        for try await message in socket.messages { try await socket.send(message) }
    }

    @Test func `A client talks to a server, both in tasks`() async throws {
        let answers = try await withServer(serve: Self.echo) { _, request in
            try await connect(to: request) { socket in
                var answers: [WebSocketMessage] = []
                try await socket.send("one")
                try await socket.send([1, 2])
                for try await message in socket.messages {
                    answers.append(message)
                    if answers.count == 2 { break }
                }
                return answers
            }
        }
        #expect(answers == [.text("one"), .binary([1, 2])])
    }

    @Test func `A server connects to itself in its own loop`() async throws {
        let answer = try await withServer(serve: Self.echo) { server, request in
            try await server.connect(to: request) { socket -> String? in
                try await socket.send("self")
                for try await message in socket.messages { return message.text }
                return nil
            }
        }
        #expect(answer == "self")
    }

    @Test func `Tasks stay on the loop's thread, whatever they have waited for`() async throws {
        let notes = Notes<Bool>()
        try await withServer { socket in
            notes.add(socket.reactor.isCurrent)
            try await Task.sleep(for: .milliseconds(1))
            notes.add(socket.reactor.isCurrent)
            await Task.yield()
            notes.add(socket.reactor.isCurrent)
            await Task.detached { notes.add(!socket.reactor.isCurrent) }.value
            notes.add(socket.reactor.isCurrent)
        } while: { _, request in
            try await connect(to: request) { socket in for try await _ in socket.messages {} }
        }
        #expect(notes.all == [true, true, true, true, true])
    }

    @Test func `Other threads and actors may send, in their order`() async throws {
        actor Speaker {
            func speak(_ socket: WebSocket, _ range: Range<Int>) async throws {
                for number in range { try await socket.send("\(number)") }
            }
        }
        @MainActor @Sendable func speakOnMain(_ socket: WebSocket, _ range: Range<Int>) async throws
        {
            for number in range { try await socket.send("\(number)") }
        }
        let texts = try await withServer { socket in
            try await Task.detached { for number in 0..<300 { try await socket.send("\(number)") } }
                .value
            try await Speaker().speak(socket, 300..<600)
            try await speakOnMain(socket, 600..<900)
        } while: { _, request in
            try await connect(to: request) { socket in
                var texts: [String] = []
                for try await message in socket.messages { texts.append(message.text) }
                return texts
            }
        }
        #expect(texts == (0..<900).map { "\($0)" })
    }

    @Test func `A task that yields without end leaves others their turns`() async throws {
        try await withServer { socket in
            for try await message in socket.messages {
                if message.text == "yield" {
                    while !Task.isCancelled { await Task.yield() }
                }
                try await socket.send(message)
            }
        } while: { server, request in
            try await connect(to: request) { socket in
                try await socket.send("yield")
                let answer = try await server.connect(to: request) { other -> String? in
                    try await other.send("there?")
                    for try await message in other.messages { return message.text }
                    return nil
                }
                #expect(answer == "there?")
            }
        }
    }

    @Test func `A cancelled run returns when the last task has ended`() async throws {
        let isOpen = AsyncStream<Void>.makeStream()
        let ended = Notes<Bool>()
        let server = try AsyncServer(Self.configuration()) { socket in
            isOpen.continuation.yield()
            try? await Task.sleep(for: .seconds(600))
            // What it does after its connection has ended is waited for.
            await Task.detached { for _ in 0..<1_000 { await Task.yield() } }.value
            ended.add(true)
        }
        let request = try ConnectRequest("ws://127.0.0.1:\(server.addresses[0].port)/")
        let run = Task { try await server.run() }
        let client = Task {
            try await connect(to: request) { socket in
                for try await _ in socket.messages {}
                return socket.closeCause
            }
        }
        for await _ in isOpen.stream { break }
        run.cancel()
        try await run.value
        #expect(ended.all == [true])
        #expect(try await client.value == .peerClosed(.goingAway))
        await #expect(throws: ServerStopped.self) {
            try await server.withContext { io in io.connectionCount }
        }
    }

    @Test func `What cannot be opened throws why`() async throws {
        let server = try AsyncServer(Self.configuration(), serve: Self.echo)
        let port = server.addresses[0].port
        try await withServer(serve: Self.echo) { server, request in
            // Pages of other hosts are refused.
            var wrong = try ConnectRequest("ws://127.0.0.1:\(server.addresses[0].port)/")
            wrong.headers = [("Origin", "https://elsewhere.example")]
            let refused = wrong
            await #expect(throws: ConnectionError.self) {
                try await connect(to: refused) { _ in Issue.record("it is not open") }
            }
            await #expect(throws: ConnectionError.self) {
                // A status of 4xx is no reason to come back.
                try await stayConnected(to: refused) { _ in Issue.record("it is not open") }
            }
        }
        // It has the connection in its backlog and never answers.
        let silent = try ConnectRequest("ws://127.0.0.1:\(port)/")
        let waiting = Task { try await connect(to: silent) { _ in Issue.record("it is open") } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func `An error of the body is that of the call`() async throws {
        try await withServer(serve: Self.echo) { _, request in
            _ = await #expect(throws: Disconnect(CloseCode(rawValue: 4321))) {
                try await connect(to: request) { _ in throw Disconnect(CloseCode(rawValue: 4321)) }
            }
        }
    }

    @Test func `A lost connection is made again, until the body is done`() async throws {
        let count = Atomic(0)
        let causes = Notes<CloseCause?>()
        try await withServer { socket in
            // The first is reset, the second closed, the third one lives.
            switch count.add(1, ordering: .relaxed).newValue {
            case 1:
                for try await _ in socket.messages {
                    try await socket.withContext { io in io.abort(socket.id) }
                }
            case 2: throw Disconnect(.goingAway)
            default: for try await _ in socket.messages { try await socket.send("at last") }
            }
        } while: { _, request in
            var backOff = BackOff()
            backOff.first = .milliseconds(2)
            try await stayConnected(to: request, backOff: backOff) { socket in
                do {
                    try await socket.send("Here I am.")
                    for try await _ in socket.messages { return }
                    causes.add(socket.closeCause)
                } catch {
                    causes.add(socket.closeCause)
                    throw error
                }
            }
        }
        #expect(count.load(ordering: .relaxed) == 3)
        #expect(causes.all.count == 2)
    }

    @Test func `Cancelling ends a connection that would stay`() async throws {
        let opened = AsyncStream<Void>.makeStream()
        try await withServer(serve: Self.echo) { _, request in
            let staying = Task {
                try await stayConnected(to: request) { socket in
                    opened.continuation.yield()
                    for try await _ in socket.messages {}
                }
            }
            for await _ in opened.stream { break }
            staying.cancel()
            await #expect(throws: CancellationError.self) { try await staying.value }
        }
    }
}

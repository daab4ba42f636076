// Async closures on the simulated machine: their tasks run in its turns, on the test's thread.
import Logging
import Synchronization
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerAsync

/// What tasks note down, for the test to read.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])

    func add(_ note: Note) { notes.withLock { $0.append(note) } }

    var all: [Note] { notes.withLock { $0 } }
}

/// Tasks wait at it until the test lets one of them through.
struct Gate: Sendable {
    private let way = AsyncStream<Void>.makeStream()

    func pass() async {
        var iterator = way.stream.makeAsyncIterator()
        await iterator.next()
    }

    /// Lets a task through; it goes on in the loop's next turn.
    func open(_ simulation: inout Simulation<AsyncHandler>) {
        way.continuation.yield()
        simulation.mailbox.post(.jobs)
        simulation.settle()
    }
}

extension Simulation<AsyncHandler> {
    /// A server whose connections are served by `serve`.
    init(
        bounds: SocketBounds = SocketBounds(), _ change: (inout Service) -> Void = { _ in },
        configure: (inout ServerConfiguration) -> Void = { _ in },
        serve: @escaping Service.Serve
    ) throws {
        var service = Service(bounds: bounds, serve: serve)
        change(&service)
        let reactor = Reactor(.init(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
        try self.init(AsyncHandler(reactor, service), configure: configure)
        reactor.attach(mailbox)
    }

    /// Opens a connection whose socket takes this many bytes, which tasks may fill at once.
    mutating func open(window: Int) -> SimulatedClient {
        let socket = network.connect()
        network.sockets[socket]!.window = window
        network.send(Array(SimulatedClient.handshake([]).utf8), on: socket)
        settle()
        return SimulatedClient(network: network, socket: socket)
    }
}

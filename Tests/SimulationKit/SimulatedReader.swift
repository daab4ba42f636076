// A reader of an event stream, on the simulated network.
import LinuxReactor
import WireKit

@testable internal import WebSocketServerTesting

extension Simulation where Handler: ~Copyable {
    /// Connects a reader that takes at most `window` bytes at first, and sends its request.
    mutating func openStream(
        _ path: String, from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999),
        fields: [String] = [], window: Int = .max
    ) -> SimulatedReader {
        let socket = network.connect(from: peer)
        network.sockets[socket]!.window = window
        let fields = fields.map { $0 + "\r\n" }.joined()
        network.send(
            Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n".utf8), on: socket)
        settle()
        return SimulatedReader(network: network, socket: socket)
    }
}

/// A client that reads events.
final class SimulatedReader {
    let network: SimulatedNetwork
    let socket: Int32
    private var reader = EventStreamReader()

    init(network: SimulatedNetwork, socket: Int32) {
        self.network = network
        self.socket = socket
    }

    /// Everything received so far.
    var read: EventStreamReader {
        reader.read(network.receive(on: socket))
        return reader
    }

    /// The events received since the last time.
    func takeEvents() -> [EventStreamReader.Event] {
        reader.read(network.receive(on: socket))
        return reader.takeEvents()
    }

    /// The data of the events received since the last time.
    func takeTexts() -> [String] { takeEvents().map(\.data) }

    /// How many more bytes its side takes.
    var window: Int {
        get { network.sockets[socket]!.window }
        set { network.sockets[socket]!.window = newValue }
    }

    var isClosed: Bool { network.sockets[socket]!.isClosed }
    var wasReset: Bool { network.sockets[socket]!.wasReset }
}

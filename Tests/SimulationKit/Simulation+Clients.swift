// What only our own tests need of a simulated server: its clients, and the defaults of our tests.
import Foundation
import LinuxReactor
import Logging

@testable import WebSocketServer
@testable internal import WebSocketServerTesting

enum Simulations {
    /// Whether simulations speak TLS that do not say it themselves. With the variable all of them
    /// do, to try that: some tests count bytes or sends, and fail then.
    @TaskLocal static var areEncrypted =
        ProcessInfo.processInfo.environment["ROOST_SIMULATED_TLS"] == "1"
    /// A server must have a certificate, though no handshake asks for it.
    static let tls = Result { try TLS([TLS.selfSigned(names: ["localhost"])]) }
}

extension Simulation where Handler: ~Copyable {
    /// A server that checks its invariants after each turn.
    init(
        _ handler: consuming Handler, seed: UInt64 = 1, limits: Limits = Limits(),
        origin: OriginPolicy = .sameHost, logger: Logger? = nil,
        memoryHigh: Int? = nil, isEncrypted: Bool? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        let network = SimulatedNetwork(seed: seed)
        network.memoryHigh = memoryHigh
        var configuration = ServerConfiguration()
        configuration.limits = limits
        configuration.origin = origin
        configuration.stopSignals = [.terminate]
        configuration.signals = [1]
        configuration.logger =
            logger ?? Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        configure(&configuration)
        if isEncrypted ?? Simulations.areEncrypted {
            network.isEncrypted = true
            configuration.tls = try Simulations.tls.get()
        }
        try self.init(handler, configuration, on: network)
        core.checksInvariants = true
    }

    /// Connects a client and completes its handshake, with these further fields.
    mutating func open(
        from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999), fields: [String] = []
    ) -> SimulatedClient {
        let socket = network.connect(from: peer)
        network.send(Array(SimulatedClient.handshake(fields).utf8), on: socket)
        settle()
        return SimulatedClient(network: network, socket: socket)
    }

    /// Whether the client's connection has negotiated permessage-deflate.
    func isCompressed(_ client: SimulatedClient) -> Bool {
        core.io.connections.slots.indices.contains {
            core.io.connections.slots[$0].descriptor.rawValue == client.socket
                && core.io.connections.slots[$0].compression != .none
        }
    }

    /// Connects a client that offers permessage-deflate with these parameters, by default those of
    /// browsers. `windowBits` is the window that they allow the server, `keptWindowBits` the window
    /// that the client keeps between messages, if any.
    mutating func openCompressed(
        _ parameters: String = "client_max_window_bits", windowBits: Int = 15,
        keptWindowBits: Int? = nil
    ) -> SimulatedClient {
        let offer = parameters.isEmpty ? "" : "; \(parameters)"
        let client = open(fields: ["Sec-WebSocket-Extensions: permessage-deflate\(offer)"])
        return SimulatedClient(
            network: network, socket: client.socket, windowBits: windowBits,
            keptWindowBits: keptWindowBits)
    }
}

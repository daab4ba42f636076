// The real server core on the simulated machine, with a handler that the test writes.
import LinuxReactor
import Logging
import WebSocketCore
import WebSocketServer

/// A server, its network and what happened.
struct Simulation<Handler: WebSocketHandler>: ~Copyable {
    let network: SimulatedNetwork
    var core: ServerCore<SimulatedKernel>
    var handler: Handler
    let mailbox: Mailbox<Handler.Mail>
    private let configuration: ServerConfiguration

    init(
        _ handler: Handler, seed: UInt64 = 1, limits: Limits = Limits(),
        origin: OriginPolicy = .sameHost, logger: Logger? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        network = SimulatedNetwork(seed: seed)
        var configuration = ServerConfiguration()
        configuration.limits = limits
        configuration.origin = origin
        configuration.stopSignals = [.terminate]
        configuration.signals = [1]
        configuration.logger =
            logger ?? Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        configure(&configuration)
        core = try ServerCore(SimulatedKernel(network: network), configuration)
        self.configuration = configuration
        self.handler = handler
        let network = UncheckedNetwork(network: network)
        mailbox = Mailbox(descriptor: core.wakeup) { _ in network.network.hasWakeup = true }
        core.start { event, id, io throws(Disconnect) in
            try self.handler.handle(event, id, &io, mailbox)
        }
    }

    /// Another process takes over, as if the server had been replaced in the middle of everything.
    mutating func handOver() throws {
        let handOver = core.save { writer, io in handler.save(to: &writer, io) }
        network.unwatchAll()
        network.listenAddresses = []
        var next = try ServerCore(SimulatedKernel(network: network), configuration)
        try next.restore(handOver) { reader, io throws(StateError) in
            try handler.restore(from: &reader, &io)
        }
        core = next
        // What was not handed over ended with the process before.
        let handed = Set(handOver.descriptors.map(\.rawValue))
        for socket in network.openDescriptors where !handed.contains(socket) {
            network.abandon(socket)
        }
    }

    /// One turn of the server.
    mutating func turn() {
        core.turn { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
    }

    /// Turns until nothing is left to do at this instant of the virtual clock.
    mutating func settle() {
        network.mayPass = false
        network.isIdle = false
        var turns = 0
        while !network.isIdle {
            turn()
            turns += 1
            precondition(turns < 100_000, "the loop spins")
        }
    }

    /// Turns until so much virtual time has passed.
    mutating func run(for duration: Duration) {
        let end = network.clock + duration
        network.mayPass = true
        while network.clock < end {
            let before = network.clock
            var turns = 0
            while network.clock == before {
                turn()
                turns += 1
                precondition(turns < 100_000, "the loop spins")
            }
        }
        settle()
    }

    /// Connects a client and completes its handshake.
    mutating func open(
        from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999)
    ) -> SimulatedClient {
        let socket = network.connect(from: peer)
        network.send(Array(SimulatedClient.handshake.utf8), on: socket)
        settle()
        return SimulatedClient(network: network, socket: socket)
    }
}

/// The simulation runs on one thread; the mailbox only wants to be told so.
struct UncheckedNetwork: @unchecked Sendable {
    let network: SimulatedNetwork
}

/// What a client sees of its connection.
final class SimulatedClient {
    static let handshake =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    let network: SimulatedNetwork
    let socket: Int32
    private var bytes: [UInt8] = []
    private(set) var head: String?
    private(set) var frames: [(opcode: UInt8, payload: [UInt8])] = []

    init(network: SimulatedNetwork, socket: Int32) {
        self.network = network
        self.socket = socket
    }

    /// Everything received so far: the response head and whole frames.
    func read() {
        bytes += network.receive(on: socket)
        if head == nil {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            head = String(decoding: bytes[..<end.upperBound], as: UTF8.self)
            bytes.removeSubrange(..<end.upperBound)
        }
        while let frame = takeFrame() { frames.append(frame) }
    }

    private func takeFrame() -> (UInt8, [UInt8])? {
        guard bytes.count >= 2 else { return nil }
        var (header, count) = (2, Int(bytes[1] & 0x7F))
        if count == 126 { header = 4 } else if count == 127 { header = 10 }
        guard bytes.count >= header else { return nil }
        if header > 2 { count = bytes[2..<header].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= header + count else { return nil }
        defer { bytes.removeFirst(header + count) }
        return (bytes[0] & 0xF, Array(bytes[header..<header + count]))
    }

    /// The texts received since the last time.
    func takeTexts() -> [String] {
        read()
        defer { frames = [] }
        return frames.filter { $0.opcode == 1 }.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    /// The code of the Close frame, if one came.
    var closeCode: UInt16? {
        read()
        guard let close = frames.last(where: { $0.opcode == 8 }) else { return nil }
        return close.payload.count >= 2
            ? UInt16(close.payload[0]) << 8 | UInt16(close.payload[1]) : 1005
    }

    func send(_ text: String) { send(1, Array(text.utf8)) }

    func send(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) {
        network.send(Self.frame(opcode, payload, isFinal: isFinal), on: socket)
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var frame = [opcode | (isFinal ? 0x80 : 0)]
        switch payload.count {
        case ..<126: frame.append(0x80 | UInt8(payload.count))
        case ..<65536:
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(0x80 | 127)
            frame += stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: payload.count >> $0)
            }
        }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}

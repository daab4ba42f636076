// A chat on a simulated machine with the test's clock, service manager and journal.
import ChatRooms
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import WebSocketServer

@testable import SimulationKit
@testable import roost

/// A chat on a simulated machine, with its service manager and journal.
struct WatchedChat: ~Copyable {
    var simulation: Simulation<ChatHandler>
    private let manager = DatagramReceiver()
    private let journal = DatagramReceiver()
    private var chatters: [SimulatedClient] = []
    /// All notifications to the manager, in order.
    private(set) var told: [String] = []
    /// The fields of all log records, in order.
    private(set) var records: [[String: String]] = []

    init(
        level: Logger.Level = .info, tick: Duration = .seconds(1), idleExit: Duration? = nil,
        watchdog: Duration? = .seconds(20), limits: Limits = Limits(), kept: KeptChat? = nil
    ) throws {
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: level) }
        let service = roost.Service(
            log, EventLog(logger: logger), idleExit: idleExit,
            notifier: Notifier(path: manager.path), watchdogInterval: watchdog)
        simulation = try Simulation(
            ChatHandler(limits: ChatLimits(), epochSeed: 1, service: service, kept: kept),
            limits: limits, logger: logger
        ) {
            $0.tickInterval = tick
            $0.addressesByKind[.control] = [.unix(path: "/run/roost/control.sock")]
            $0.addressesByKind[.metrics] = [.tcp(host: "127.0.0.1", port: 9180)]
        }
    }

    static let control = 1
    static let metrics = 2

    /// Sends a request without waiting for its answer. At the control socket it is root's.
    mutating func ask(_ request: String, atListener listener: Int, body: String = "") {
        let socket = simulation.network.connect(
            from: listener == Self.control
                ? NetworkAddress(family: .local) : .ipv4(127, 0, 0, 1, port: 9),
            toListener: listener)
        if listener == Self.control {
            simulation.network.credentials[socket] = PeerCredentials(
                process: 9, user: 0, group: 0, groups: [])
        }
        let fields = "Host: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)"
        simulation.network.send(
            Array("\(request) HTTP/1.1\r\n\(fields)\r\n\r\n\(body)".utf8), on: socket)
        simulation.settle()
    }

    /// Reads notifications and records, so that no queue is ever full.
    mutating func listen() {
        while let bytes = manager.next(waits: false) {
            told.append(String(decoding: bytes, as: UTF8.self))
        }
        while let bytes = journal.next(waits: false) {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            let pairs = lines.compactMap { line -> (String, String)? in
                guard let equals = line.firstIndex(of: "=") else { return nil }
                return (String(line[..<equals]), String(line[line.index(after: equals)...]))
            }
            records.append(Dictionary(pairs) { first, _ in first })
        }
    }

    /// Lets this number of seconds pass, and reads after each. Chatters stay alive: they send
    /// Pongs.
    mutating func run(seconds: Int) {
        for _ in 0..<seconds {
            for chatter in chatters {
                chatter.send(10, [])
                chatter.read()
            }
            simulation.run(for: .seconds(1))
            listen()
        }
    }

    /// A chatter loses its network.
    mutating func cut(_ chatter: SimulatedClient) {
        chatters.removeAll { $0 === chatter }
        simulation.network.sockets[chatter.socket]!.clientHasEnded = true
    }

    /// Lets time pass in one step, as if the process had been stopped for this long.
    mutating func stall(for duration: Duration) {
        simulation.network.clock = simulation.network.clock + duration
    }

    mutating func takeTold() -> [String] {
        defer { told = [] }
        return told
    }

    func records(_ event: ServerEvent) -> [[String: String]] {
        records.filter { $0["ROOST_EVENT"] == event.rawValue }
    }

    /// A chatter in the lobby that has read its messages.
    mutating func enter(_ name: String) -> SimulatedClient {
        let client = simulation.open()
        client.send(#"{"type":"login","user":"\#(name)"}"#)
        client.send(#"{"type":"join","room":"lobby"}"#)
        simulation.settle()
        chatters.append(client)
        return client
    }
}

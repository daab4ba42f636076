// A server that could not start: what its manager, its journal, its clients and its operators get.
import CommandLineOptions
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

private final class Attempts {
    var count = 0
    /// Whether the file is good now, but an address is taken.
    var isPassing = false
    /// Why the next attempt fails; nil if it succeeds.
    var sentence: String? = "F:2: still bad."
}

/// A server in standby on a simulated machine. Listener 1 is the control socket, 2 serves metrics.
private struct Standing: ~Copyable {
    var simulation: Simulation<StandbyHandler>
    private let manager = DatagramReceiver()
    private let journal = DatagramReceiver()
    let attempts = Attempts()
    private(set) var told: [String] = []
    private(set) var records: [String] = []

    init() throws {
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: .info) }
        let failure = StartFailure(ConfigurationError(sentences: ["F:1: bad.", "F:2: worse."]))
        let service = roost.Service(
            log, EventLog(logger: logger), fault: failure.line,
            notifier: Notifier(path: manager.path), watchdogInterval: .seconds(20))
        let attempts = attempts
        simulation = try Simulation(
            StandbyHandler(failure, access: Access(memberGroup: 7), service: service) {
                () throws(StartFailure) in
                attempts.count += 1
                if attempts.isPassing { throw StartFailure(SystemError(98, "listen on a:1")) }
                if let sentence = attempts.sentence {
                    throw StartFailure(ConfigurationError(sentences: [sentence]))
                }
            }, logger: logger
        ) {
            $0.addressesByKind[.control] = [.unix(path: "/run/roost/control.sock")]
            $0.addressesByKind[.metrics] = [.tcp(host: "127.0.0.1", port: 9180)]
        }
    }

    mutating func run(seconds: Int) {
        for _ in 0..<seconds {
            simulation.run(for: .seconds(1))
            while let bytes = manager.next(waits: false) {
                told.append(String(decoding: bytes, as: UTF8.self))
            }
            while let bytes = journal.next(waits: false) {
                records.append(String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    mutating func ask(
        _ request: String, listener: Int = 0, user: UInt32 = 0, fields: String = ""
    ) -> String {
        let peer =
            listener == 1 ? NetworkAddress(family: .local) : .ipv4(192, 0, 2, 7, port: 9)
        let socket = simulation.network.connect(from: peer, toListener: listener)
        if listener == 1 {
            simulation.network.credentials[socket] = PeerCredentials(
                process: 9, user: user, group: user, groups: user == 8 ? [7] : [])
        }
        simulation.network.send(
            Array("\(request) HTTP/1.1\r\nHost: x\r\n\(fields)Connection: close\r\n\r\n".utf8),
            on: socket)
        simulation.settle()
        return String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    func records(_ event: ServerEvent) -> [String] {
        records.filter { $0.contains("MESSAGE_ID=\(event.messageID)\n") }
    }
}

@Suite struct StandbyTests {
    @Test func `The manager sees it up, with the reason, and the watchdog is fed`() throws {
        var standing = try Standing()
        standing.run(seconds: 3)
        #expect(standing.told.first == "READY=1\nSTATUS=Not serving: F:1: bad. F:2: worse.")
        #expect(standing.told.filter { $0 == "WATCHDOG=1" }.count >= 3)
        #expect(!standing.told.contains { $0.contains("Serving: ") && !$0.contains("Not") })
    }

    @Test(arguments: ["POST /hooks/secret", "POST /rooms/lobby/messages"])
    func `Programs that publish learn to come again, in JSON`(_ request: String) throws {
        var standing = try Standing()
        for fields in ["", "Content-Length: 5\r\n"] {
            let answer = standing.ask(request, fields: fields)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(answer.contains(#""code":"unavailable""#) && !answer.contains("secret"))
        }
    }

    @Test func `A record a minute says that it does not serve, and since when`() throws {
        var standing = try Standing()
        standing.run(seconds: 58)
        #expect(standing.records(.notServing) == [])
        _ = standing.ask("GET /")
        _ = standing.simulation.open()
        standing.run(seconds: 125)
        let records = standing.records(.notServing)
        #expect(records.count == 3)
        let first = try #require(records.first)
        #expect(first.contains("MESSAGE=Not serving for 1 minute: F:1: bad. F:2: worse. Correct"))
        #expect(first.contains("PRIORITY=3\n") && first.contains("ROOST_MINUTES=1\n"))
        #expect(first.contains("ROOST_REFUSED=2\n"))
        #expect(records.last?.contains("Not serving for 3 minutes: ") == true)
    }

    @Test func `It never ends by itself`() throws {
        var standing = try Standing()
        standing.run(seconds: 4000)
        #expect(standing.simulation.core.isDone == false)
    }

    @Test func `Clients get 503 or 1013, and nothing of the settings`() throws {
        var standing = try Standing()
        let client = standing.simulation.open()
        #expect(client.closeCode == 1013)
        for path in ["/", "/chat", "/style.css", "/metrics", "/status", "/reload"] {
            let answer = standing.ask("GET \(path)")
            #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(path): \(answer)")
            #expect(answer.contains("Retry-After: ") && !answer.contains("F:1"), "\(answer)")
        }
        #expect(standing.ask("POST /reload").hasPrefix("HTTP/1.1 503 "))
        let room = standing.ask("GET /rooms/lobby/messages")
        #expect(room.hasPrefix("HTTP/1.1 503 ") && room.contains(#""code":"unavailable""#))
        #expect(standing.ask("GET /healthz").hasPrefix("HTTP/1.1 200 "))
        #expect(standing.ask("GET /readyz").hasPrefix("HTTP/1.1 503 "))
        #expect(standing.attempts.count == 0)
    }

    @Test func `Operators see the reason, and strangers do not`() throws {
        var standing = try Standing()
        let json = standing.ask("GET /status", listener: 1, user: 8)
        #expect(json.contains(#""state":"not_serving","faults":["F:1: bad.","F:2: worse."]"#))
        let screen = standing.ask(
            "GET /status", listener: 1, user: 8, fields: "Accept: text/plain\r\n")
        #expect(screen.contains(" is not serving, process ") && screen.contains("  F:2: worse.\n"))
        let metrics = standing.ask("GET /metrics", listener: 2)
        #expect(metrics.contains("\nroost_configuration_error 1\n"))
        #expect(metrics.contains("\nroost_last_reload_success 0\n"))
        #expect(standing.ask("GET /readyz", listener: 2).hasPrefix("HTTP/1.1 503 "))
        #expect(standing.ask("GET /healthz", listener: 1).hasPrefix("HTTP/1.1 200 "))
        for (listener, user, path) in [(1, 9, "/status"), (1, 9, "/metrics"), (1, 9, "/reload")] {
            let answer = standing.ask(
                "\(path == "/reload" ? "POST" : "GET") \(path)", listener: listener,
                user: UInt32(user))
            #expect(answer.hasPrefix("HTTP/1.1 403 ") && !answer.contains("F:1"), "\(path)")
        }
        for action in ["/reload", "/restart-in-place", "/stop"] {
            let answer = standing.ask("POST \(action)", listener: 1, user: 8)
            #expect(answer.hasPrefix("HTTP/1.1 403 "), "members may only look")
        }
        #expect(standing.ask("POST /reload", listener: 2).hasPrefix("HTTP/1.1 503 "))
        #expect(standing.attempts.count == 0)
    }

    @Test(arguments: ["/reload", "/restart-in-place", "SIGHUP", "SIGUSR1"])
    func `A reload that mends nothing says why, and another one ends the standby`(
        way: String
    ) throws {
        let bySignal = way.hasPrefix("SIG")
        var standing = try Standing()
        standing.run(seconds: 2)
        func reload(_ standing: inout Standing) -> String {
            guard bySignal else { return standing.ask("POST \(way)", listener: 1) }
            standing.simulation.network.pendingSignals = [way == "SIGHUP" ? 1 : 10]
            standing.simulation.settle()
            return ""
        }
        let refused = reload(&standing)
        if !bySignal { #expect(refused.contains("422") && refused.contains("F:2: still bad.")) }
        standing.run(seconds: 2)
        #expect(standing.attempts.count == 1 && standing.simulation.core.isDone == false)
        #expect(standing.told.contains("READY=1\nSTATUS=Not serving: F:2: still bad."))
        #expect(standing.records(.reloadFailed).count == 1)

        standing.attempts.sentence = nil
        let accepted = reload(&standing)
        if !bySignal { #expect(accepted.hasPrefix("HTTP/1.1 200 ")) }
        // The test's clients leave their connections open: they linger.
        standing.run(seconds: 8)
        #expect(standing.attempts.count == 2 && standing.simulation.core.isDone == true)
        // The service goes on: its manager must not think that it stops.
        #expect(!standing.told.contains { $0.contains("STOPPING") })
        #expect(standing.records(.reloaded).count == 1 && standing.records(.stopping) == [])
    }

    /// The file is only read when the operator says so; an address may become free by itself.
    @Test func `It tries again by itself if that may help, and only then`() throws {
        var standing = try Standing()
        standing.run(seconds: 60)
        #expect(standing.attempts.count == 0)
        standing.attempts.isPassing = true
        #expect(standing.ask("POST /reload", listener: 1).contains("Cannot listen on a:1: "))
        standing.run(seconds: 60)
        #expect((5...7).contains(standing.attempts.count), "\(standing.attempts.count)")
        #expect(standing.records(.reloadFailed).count == 1, "nobody asked for the others")
        (standing.attempts.isPassing, standing.attempts.sentence) = (false, nil)
        standing.run(seconds: 12)
        #expect(standing.simulation.core.isDone == true)
    }

    @Test func `A stop is a stop`() throws {
        var standing = try Standing()
        standing.run(seconds: 2)
        standing.simulation.network.pendingSignals = [15]
        standing.run(seconds: 2)
        #expect(standing.simulation.core.isDone == true)
        #expect(standing.told.contains { $0.hasPrefix("STOPPING=1") })
    }
}

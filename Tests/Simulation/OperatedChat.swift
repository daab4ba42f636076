// A chat with a control socket on the simulated machine, for the tests of operators.
import ChatRooms
import Foundation
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

/// A chat with a control socket, and an administrator's requests to it.
struct OperatedChat: ~Copyable {
    var simulation: Simulation<ChatHandler>
    private let journal = DatagramReceiver()
    /// Without a thread: the simulation runs on one.
    private let passwords = PasswordWorker(hasThread: false)

    init(chatLimits: ChatLimits = ChatLimits(), limits: Limits = Limits()) throws {
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: .notice) }
        let service = roost.Service(
            log, EventLog(logger: logger), notifier: Notifier(path: nil), watchdogInterval: nil)
        var access = Access()
        access.memberGroup = 77
        passwords.connect { _ in }
        simulation = try Simulation(
            ChatHandler(
                limits: chatLimits, epochSeed: 1, access: access, service: service,
                passwords: passwords),
            limits: limits, logger: logger
        ) { $0.addressesByKind[.control] = [.unix(path: "/run/x/control.sock")] }
    }

    /// The records of an event, since the last call.
    func records(_ event: ServerEvent) -> [String] {
        var found: [String] = []
        while let bytes = journal.next(waits: false) {
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("ROOST_EVENT=\(event.rawValue)\n") { found.append(text) }
        }
        return found
    }

    mutating func request(
        _ method: String, _ target: String, _ body: String = "", user: UInt32 = 0,
        fields: String = ""
    ) -> (status: Int, text: String) {
        let socket = simulation.network.connect(
            from: NetworkAddress(family: .local), toListener: 1)
        simulation.network.credentials[socket] = PeerCredentials(
            process: 9, user: user, group: 77, groups: [77])
        let request =
            "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        simulation.network.send(Array(request.utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        let end = answer.firstRange(of: "\r\n\r\n")
        return (
            Int(answer.dropFirst(9).prefix(3)) ?? 0,
            end.map { String(answer[$0.upperBound...]) } ?? ""
        )
    }

    mutating func json(_ method: String, _ target: String, _ body: String = "") throws -> JSONTree {
        let answer = request(method, target, body)
        #expect(answer.status == 200, "\(target): \(answer.text)")
        return try #require(JSONTree(answer.text))
    }

    /// Does the work of the thread that hashes passwords.
    mutating func answerPasswords() {
        for job in passwords.takeAll() {
            _ = simulation.mailbox.post(.password(PasswordWorker.carryOut(job)))
        }
        simulation.settle()
    }

    mutating func enter(_ name: String, from host: UInt8 = 1, room: String? = nil)
        -> SimulatedClient
    {
        let client = simulation.open(from: .ipv4(192, 0, 2, host, port: 4000))
        client.send(#"{"type":"login","user":"\#(name)"}"#)
        if let room { client.send(#"{"type":"join","room":"\#(room)"}"#) }
        simulation.settle()
        return client
    }
}

func withoutAddressLimits() -> Limits {
    var limits = Limits()
    limits.connectionsPerAddress = nil
    limits.connectionRatePerAddress = nil
    limits.pingInterval = .seconds(100_000)
    return limits
}

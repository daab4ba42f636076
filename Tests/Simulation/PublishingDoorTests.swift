// Publishing over the network: wrong tokens are limited, and no body is read for them.
import ChatRooms
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

/// A chat with one publish token, and programs that publish from different addresses.
private struct PublishedChat: ~Copyable {
    var simulation: Simulation<ChatHandler>
    private let journal = DatagramReceiver()

    init() throws {
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: .notice) }
        let service = roost.Service(
            log, EventLog(logger: logger), notifier: Notifier(path: nil), watchdogInterval: nil)
        var access = Access()
        access.publishTokens = ["0123456789abcdef"]
        simulation = try Simulation(
            ChatHandler(limits: ChatLimits(), epochSeed: 1, access: access, service: service),
            logger: logger)
    }

    /// The answer to a head with this token; the body follows only if `sendsBody`.
    mutating func publish(_ token: String?, from host: UInt8, sendsBody: Bool = true) -> String {
        let body = #"{"text":"hello"}"#
        let field = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let head =
            "POST /rooms/lobby/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(field)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        let socket = simulation.network.connect(from: .ipv4(203, 0, 113, host, port: 9))
        simulation.network.send(Array((head + (sendsBody ? body : "")).utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        return answer
    }

    /// How many records of this event there are since the last call.
    func count(_ event: ServerEvent) -> Int {
        var count = 0
        while let bytes = journal.next(waits: false) {
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("ROOST_EVENT=\(event.rawValue)\n") { count += 1 }
        }
        return count
    }
}

@Suite struct PublishingDoorTests {
    private func status(_ answer: String) -> String { String(answer.dropFirst(9).prefix(3)) }

    @Test func `A request without a good token is answered before its body`() throws {
        var chat = try PublishedChat()
        for token in [nil, "wrong-wrong-wrong"] {
            let answer = chat.publish(token, from: 7, sendsBody: false)
            #expect(status(answer) == "401")
            #expect(answer.contains("WWW-Authenticate: Bearer\r\n"))
            #expect(answer.contains("Content-Type: application/json\r\n"))
            #expect(answer.contains(#""code":"bad_token""#))
        }
        #expect(status(chat.publish("0123456789abcdef", from: 7)) == "201")
    }

    @Test func `Ten wrong tokens, then 429 for that address alone`() throws {
        var chat = try PublishedChat()
        let answers = (0..<20).map { _ in chat.publish("wrong-wrong-wrong", from: 7) }
        #expect(
            answers.map(status) == Array(repeating: "401", count: 10)
                + Array(repeating: "429", count: 10))
        #expect(answers[10].contains("Retry-After: 6\r\n"))
        #expect(answers[10].contains(#""code":"rate_limited""#))
        #expect(chat.count(.tokensGuessed) == 1)
        // Its own token is not looked at either: each look would be a guess.
        #expect(status(chat.publish("0123456789abcdef", from: 7)) == "429")
        #expect(status(chat.publish("0123456789abcdef", from: 8)) == "201")
        chat.simulation.run(for: .seconds(7))
        #expect(status(chat.publish("0123456789abcdef", from: 7)) == "201")
        #expect(chat.simulation.handler.guesses.wrongCount == 10)
        #expect(chat.simulation.handler.guesses.limitedCount == 11)
    }

    @Test func `A request without a token is no guess`() throws {
        var chat = try PublishedChat()
        let answers = (0..<20).map { _ in chat.publish(nil, from: 7) }
        #expect(answers.allSatisfy { status($0) == "401" })
        #expect(status(chat.publish("0123456789abcdef", from: 7)) == "201")
    }
}

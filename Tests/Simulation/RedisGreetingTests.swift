// What answers at the address of a Redis, and is none that can be used: a sentence for each.
import Testing
import WebSocketServer

@testable import RedisClient
@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisGreetingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        /// What it answers, in pieces.
        let answers: [String]
        let name: String
        /// What the sentence must say: what it is, and what to do.
        let words: [String]
        var testDescription: String { "\(answers)" }
    }

    static func hello(_ fields: String...) -> String {
        "%\(fields.count / 2)\r\n" + fields.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    static let cases = [
        Case(
            answers: ["-WRONGPASS invalid username-password pair or user is disabled.\r\n"],
            name: "refused", words: ["WRONGPASS invalid", "Check the user and the password"]),
        Case(
            answers: ["-NOAUTH HELLO must be called with the client already authenticated\r\n"],
            name: "refused", words: ["NOAUTH", ". It wants a password: redis://USER:PASSWORD@"]),
        Case(
            answers: [
                hello(), "-NOPERM User ann has no permissions to run the 'ping' command\r\n",
            ],
            name: "refused", words: ["'ping' command. Let the user", "ACL SETUSER", "+ping"]),
        Case(
            answers: [hello(), "-LOADING Redis is loading the dataset in memory\r\n"],
            name: "refused", words: ["LOADING", "It is tried again"]),
        Case(
            answers: ["-DENIED Redis is running in protected mode\r\n"],
            name: "refused", words: ["DENIED", "requirepass"]),
        Case(
            answers: ["-ERR max number of clients reached\r\n"],
            name: "refused", words: ["max number of clients reached", "maxclients"]),
        Case(
            answers: ["-ERR unknown command `HELLO`, with args beginning with: `3`\r\n"],
            name: "too_old", words: ["RESP3", "version 6"]),
        Case(answers: ["-NOPROTO unsupported\r\n"], name: "too_old", words: ["version 6"]),
        Case(
            answers: [hello("mode", "standalone", "role", "replica")],
            name: "replica", words: ["is a replica", "primary in the URL"]),
        Case(
            answers: [hello("server", "redis", "mode", "sentinel")],
            name: "sentinel", words: ["Sentinel", "primary"]),
        Case(
            answers: ["HTTP/1.1 400 Bad Request\r\n\r\n"],
            name: "not_redis", words: ["speaks HTTP", "host and port"]),
        Case(
            answers: ["\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F"],
            name: "not_redis", words: ["speaks TLS", "rediss://"]),
        Case(
            answers: ["SSH-2.0-OpenSSH_9.2p1\r\n"],
            name: "not_redis", words: ["is not Redis", "host and port", "'S'"]),
        Case(
            answers: ["+OK POP3 ready\r\n"],
            name: "not_redis", words: ["does not understand HELLO", "host and port"]),
    ]

    @Test(arguments: cases)
    func `A greeting that is refused is a failure, in a sentence`(_ each: Case) throws {
        let server = try SimulatedServer()
        let first = server.socket
        for part in each.answers { server.answer(part) }
        let failure = try #require(server.handler.failures.last)
        #expect(failure.name == each.name && server.handler.failures.count == 1)
        for words in each.words { #expect("\(failure)".contains(words), "\(failure)") }
        #expect("\(failure)".hasSuffix("."))
        #expect(server.handler.upCount == 0 && server.network.sockets[first]!.isClosed)
        // It is said once, whatever the number of attempts, and they go on.
        for _ in 0..<3 {
            server.advance(by: .seconds(2))
            for part in each.answers { server.answer(part) }
        }
        #expect(server.handler.failures.count >= 3)
        let said = server.log.filter { $0.metadata["event"] == "redis-lost" }
        #expect(said.count == 1 && said.last?.metadata["cause"] == each.name)
        #expect(said.last?.message.contains("\(failure)") == true)
        server.advance(by: .seconds(2))
        server.greet()
        #expect(server.handler.upCount == 1)
        #expect(server.log.last?.metadata["event"] == "redis-connected")
    }
}

// Nodes of a chat on a real redis-server, which loses its data, its functions and its role.
import ChatEngine
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RedisServer.missing == nil, "\(RedisServer.missing ?? "")"))
struct EngineServerTests {
    @Test func `What several nodes publish has one order, and each message once`() throws {
        let redis = try RedisServer()
        var chat = EngineChat(3, on: redis.path)
        for round in 0..<20 {
            for host in 0..<3 { chat.publish(5 + round % 7, on: host) }
            chat.goOn(milliseconds: 2)
        }
        #expect(chat.settle())
        #expect(chat.violations == [])
        #expect(chat.resetCount == 0)
        let logs = chat.hosts.indices.map { chat.hosts[$0].logKeys(chat.rooms[$0]) }
        #expect(logs[0] == logs[1] && logs[1] == logs[2])
    }

    @Test func `The same key is in the room once, whoever says it and how often`() throws {
        let redis = try RedisServer()
        let chat = EngineChat(2, on: redis.path)
        for ticket in 1...6 {
            chat.hosts[ticket % 2].publish(
                "same", ticket: UInt64(ticket), in: chat.rooms[ticket % 2])
        }
        #expect(chat.run { chat.hosts.reduce(0) { $0 + $1.placed.count } == 6 })
        #expect(Set(chat.hosts.flatMap { $0.placed.values }).count == 1)
        #expect(chat.hosts[0].logKeys(chat.rooms[0]) == ["same"])
    }

    /// What happens to Redis while nodes publish.
    enum Failure: CaseIterable, Sendable {
        case restartEmpty, flushAll, functionFlush, killClients, deleteStream, stop

        func happen(to redis: RedisServer) throws {
            switch self {
            case .restartEmpty:
                redis.kill()
                try redis.start()
            case .flushAll: redis.command("FLUSHALL")
            case .functionFlush: redis.command("FUNCTION FLUSH")
            case .killClients: redis.command("CLIENT KILL TYPE normal SKIPME yes")
            case .deleteStream:
                for key in ["a", "s"] {
                    redis.command(
                        "EVAL \"for _, k in ipairs(redis.call('KEYS', '*:\(key):lobby')) do "
                            + "redis.call('DEL', k) end\" 0")
                }
            case .stop: redis.stop()
            }
        }
    }

    @Test(arguments: Failure.allCases, [false, true])
    func `Nothing acknowledged is lost`(_ failure: Failure, _ isQuiet: Bool) throws {
        let redis = try RedisServer()
        var chat = EngineChat(3, on: redis.path)
        chat.publish(50, on: 0)
        chat.publish(50, on: 1)
        #expect(chat.settle())
        for round in 0..<4 {
            chat.publish(20, on: round % 3)
            chat.goOn(milliseconds: 1)
            if isQuiet { #expect(chat.settle()) }
            try failure.happen(to: redis)
            chat.publish(20, on: (round + 1) % 3)
            chat.goOn(milliseconds: 30)
            if failure == .stop { redis.goOn() }
        }
        #expect(chat.settle())
        #expect(chat.violations == [])
        // If all have seen the same, what was lost is the same again, under the same names.
        if isQuiet { #expect(chat.resetCount == 0) }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `Whatever happens, and in whatever order, the history holds`(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let redis = try RedisServer()
        var chat = EngineChat(3, on: redis.path)
        chat.publish(30, on: 0)
        #expect(chat.settle())
        for _ in 0..<12 {
            chat.publish(
                Int.random(in: 1...15, using: &random), on: Int.random(in: 0..<3, using: &random))
            chat.goOn(milliseconds: UInt64.random(in: 0...20, using: &random))
            let failure = Failure.allCases.randomElement(using: &random)!
            try failure.happen(to: redis)
            if failure == .stop {
                chat.goOn(milliseconds: 20)
                redis.goOn()
            }
        }
        #expect(chat.settle())
        #expect(chat.violations == [])
    }

    // MARK: Presence

    @Test func `Presence comes to all nodes, and goes with a node that dies`() throws {
        let redis = try RedisServer()
        var chat = EngineChat(3, on: redis.path)
        for (host, room) in zip(chat.hosts, chat.rooms) {
            host.setPresence("people of \(host.name)", in: room)
        }
        #expect(chat.run { chat.hosts.allSatisfy { $0.present.count == 2 } })
        chat.hosts[0].setPresence("", in: chat.rooms[0])
        #expect(chat.run { chat.hosts[1].present["node-0"] == nil })
        redis.command("FLUSHALL")
        #expect(
            chat.run {
                redis.command("EVAL \"return #redis.call('KEYS', '*:p:lobby')\" 0") == ":1"
                    && chat.hosts[0].present.count == 2
            })
        // A process that is gone says nothing any more.
        chat.hosts[2].drop()
        chat.hosts.removeLast()
        chat.rooms.removeLast()
        #expect(chat.run { chat.hosts[0].present == ["node-1": Array("people of node-1".utf8)] })
        #expect(
            chat.run {
                redis.command("EVAL \"return #redis.call('KEYS', '*nodes')\" 0") == ":1"
                    && redis.command("HLEN roost:{n}:nodes") == ":2"
            })
    }
}

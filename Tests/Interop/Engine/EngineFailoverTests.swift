// A replica takes over that has not got everything, while nodes go on.
import ChatEngine
import Testing

@Suite(.serialized, .enabled(if: RedisServer.missing == nil, "\(RedisServer.missing ?? "")"))
struct EngineFailoverTests {
    /// A master and a replica, and nodes on the master; 40 messages are on both, and 30 more on the
    /// master alone.
    private struct Pair {
        let master: RedisServer
        let replica: RedisServer
        var chat: EngineChat

        init(_ count: Int) throws {
            master = try RedisServer(hasPort: true)
            replica = try RedisServer(hasPort: true)
            replica.command("REPLICAOF 127.0.0.1 \(master.port)")
            chat = EngineChat(count, on: master.path)
            chat.publish(40, on: 0)
            #expect(chat.settle())
            let isThere = chat.run { [master, replica] in
                Self.lastID(replica).contains("-") && Self.lastID(master) == Self.lastID(replica)
            }
            #expect(isThere)
            // Whatever comes now is lost.
            replica.command("REPLICAOF NO ONE")
            chat.publish(30, on: 0)
        }

        private static func lastID(_ redis: RedisServer) -> String {
            redis.command(
                "EVAL_RO \"local k = redis.call('KEYS', '*:s:lobby')[1] "
                    + "return k and redis.call('XREVRANGE', k, '+', '-', 'COUNT', 1)[1][1] or ''\" 0",
                lines: 2)
        }

        /// The master is gone.
        mutating func failOver() {
            for host in chat.hosts { host.path = replica.path }
            master.kill()
        }
    }

    @Test func `What the replica has not got is given back under its old names`() throws {
        var pair = try Pair(3)
        #expect(pair.chat.settle())
        pair.failOver()
        #expect(pair.chat.settle())
        pair.chat.publish(10, on: 1)
        #expect(pair.chat.settle())
        #expect(pair.chat.violations == [])
        #expect(pair.chat.resetCount == 0)
        #expect(Set(pair.chat.hosts.flatMap(\.names).map(\.0.epoch)).count == 2)
    }

    /// The one node has more of the suffix than the other, which is back first: the epoch that it
    /// gives a part of back in is not continued, since the rest has names in it.
    @Test func `Giving back a part does not free the names of the rest`() throws {
        var pair = try Pair(2)
        #expect(pair.chat.settle())
        pair.chat.pause(0)
        pair.chat.publish(20, on: 1)
        #expect(pair.chat.settle())
        pair.failOver()
        pair.chat.pause(1)
        pair.chat.goOn(0)
        pair.chat.publish(5, on: 0)
        #expect(pair.chat.settle())
        pair.chat.goOn(1)
        #expect(pair.chat.settle())
        let isSaidAgain = pair.chat.run { [pair] in
            pair.chat.hosts[0].logKeys(pair.chat.rooms[0]).count == 95
        }
        #expect(isSaidAgain)
        #expect(pair.chat.violations == [])
        // Only the node that had seen the rest has to go back.
        #expect(pair.chat.resetCount == 1)
    }

    @Test func `A node that speaks first without the suffix wins, and the suffix is said again`()
        throws
    {
        var pair = try Pair(2)
        #expect(pair.chat.settle())
        var late = EngineChat(1, on: pair.replica.path, firstTicket: 1_000)
        late.publish(5, on: 0)
        #expect(late.settle())
        pair.failOver()
        // What is said again is nobody's publish: it is there when all logs have it.
        pair.chat.hosts += late.hosts
        pair.chat.rooms += late.rooms
        let isThere = pair.chat.run { [pair] in
            pair.chat.hosts.indices.allSatisfy {
                pair.chat.hosts[$0].logKeys(pair.chat.rooms[$0]).count == 75
            }
        }
        #expect(isThere)
        #expect(pair.chat.violations == [])
        // Both had seen messages of which the new numbers are others.
        #expect(pair.chat.resetCount == 2 && late.resetCount == 0)
    }

    @Test func `A master that becomes a replica is left`() throws {
        let pair = try Pair(2)
        #expect(pair.chat.settle())
        for host in pair.chat.hosts { host.path = pair.replica.path }
        pair.master.command("REPLICAOF 127.0.0.1 \(pair.replica.port)")
        let hosts = pair.chat.hosts
        #expect(pair.chat.run { hosts.allSatisfy { !$0.troubles.isEmpty } })
        #expect(pair.chat.settle())
        #expect(pair.chat.violations == [])
        for host in pair.chat.hosts {
            guard case .notMaster = host.troubles[0] else {
                Issue.record("\(host.troubles)")
                continue
            }
        }
    }
}

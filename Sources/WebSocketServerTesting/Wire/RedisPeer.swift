// A connection of a simulated Redis: commands in, replies and messages out.
import RedisClient
import Storage
import WebSocketServer

final class RedisPeer: Peer {
    private unowned let redis: SimulatedRedis
    private weak var driver: (any SimulationDriver)?
    /// Commands that have come and are answered later.
    var waiting: [[[UInt8]]] = []
    private var channels: Set<RedisChannel> = []
    private var scanner = ReplyScanner()
    private var hasEnded = false

    init(
        _ network: SimulatedNetwork, _ socket: Int32, _ redis: SimulatedRedis,
        _ driver: any SimulationDriver
    ) {
        self.redis = redis
        self.driver = driver
        super.init(network, socket)
    }

    /// Whether it is a connection, as far as Redis knows.
    var isConnected: Bool { !hasEnded && !isClosed }

    func settle() {
        if let driver, !driver.isTurning { driver.settle() }
    }

    func end() {
        hasEnded = true
        endStream()
    }

    override func take() {
        while !hasEnded, let command = takeCommand() { redis.received(command, from: self) }
    }

    /// The next command: its words.
    private func takeCommand() -> [[UInt8]]? {
        do throws(ReplyFault) {
            guard let byteCount = try scanner.scan(received.span) else { return nil }
            let command = RedisReply(received.span.extracting(..<byteCount))
            var values = command.values
            var words: [[UInt8]] = []
            while let word = values.next() { words.append([UInt8](copying: word.bytes)) }
            received.removeFirst(byteCount)
            precondition(!words.isEmpty, "the server has sent Redis no command")
            return words
        } catch {
            preconditionFailure("the server has sent Redis no command: \(error)")
        }
    }

    func reply(_ reply: SimulatedRedisReply) { send(reply.wire) }

    // MARK: Channels

    func isSubscribed(_ kind: RedisChannel.Kind, _ name: String) -> Bool {
        channels.contains(RedisChannel(kind, name))
    }

    /// Begins or ends subscriptions; false if the command does neither.
    func change(_ name: String, _ names: [String]) -> Bool {
        let kinds: [RedisChannel.Kind] = [.name, .pattern, .shard]
        guard
            let kind = kinds.first(where: {
                $0.subscribe.description == name || $0.unsubscribe.description == name
            })
        else { return false }
        let begins = kind.subscribe.description == name
        for channel in names.map({ RedisChannel(kind, $0) }) {
            if begins { channels.insert(channel) } else { channels.remove(channel) }
            let count = channels.count { ($0.kind == .shard) == (kind == .shard) }
            reply(
                .push([.text(name.lowercased()), .text(channel.name), .integer(count)]))
        }
        return true
    }

    /// Sends a message once for each subscription that it is for; returns for how many.
    func deliver(_ bytes: [UInt8], to channel: String, isSharded: Bool) -> Int {
        if isSharded {
            guard isSubscribed(.shard, channel) else { return 0 }
            reply(.push([.text("smessage"), .text(channel), .bytes(bytes)]))
            return 1
        }
        var count = 0
        if isSubscribed(.name, channel) {
            reply(.push([.text("message"), .text(channel), .bytes(bytes)]))
            count += 1
        }
        for pattern in channels.sorted()
        where pattern.kind == .pattern && GlobPattern.matches(pattern.name, channel) {
            reply(
                .push([
                    .text("pmessage"), .text(pattern.name), .text(channel), .bytes(bytes),
                ]))
            count += 1
        }
        return count
    }
}

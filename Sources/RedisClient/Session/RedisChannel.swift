// A channel, and the commands and pushes by which its subscription begins and ends.
import Storage

/// A channel to subscribe to.
package struct RedisChannel: Hashable, Comparable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        /// A channel with this name.
        case name
        /// All channels whose names match.
        case pattern
        /// A channel of one shard of a cluster.
        case shard

        package var subscribe: StaticString {
            switch self {
            case .name: "SUBSCRIBE"
            case .pattern: "PSUBSCRIBE"
            case .shard: "SSUBSCRIBE"
            }
        }

        package var unsubscribe: StaticString {
            switch self {
            case .name: "UNSUBSCRIBE"
            case .pattern: "PUNSUBSCRIBE"
            case .shard: "SUNSUBSCRIBE"
            }
        }

        /// What a push is called that says that a subscription has begun.
        var pushOfBeginning: StaticString {
            switch self {
            case .name: "subscribe"
            case .pattern: "psubscribe"
            case .shard: "ssubscribe"
            }
        }

        /// And that one has ended.
        var pushOfEnd: StaticString {
            switch self {
            case .name: "unsubscribe"
            case .pattern: "punsubscribe"
            case .shard: "sunsubscribe"
            }
        }
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// What it is in a sentence.
    package var phrase: String {
        switch kind {
        case .name: "the channel \"\(name)\""
        case .pattern: "the pattern \"\(name)\""
        case .shard: "the sharded channel \"\(name)\""
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.name, left.kind.rawValue) < (right.name, right.kind.rawValue)
    }
}

extension RedisReply {
    /// The channel whose subscription begins or ends with this push; nil if it is another push.
    var subscriptionChange: (channel: RedisChannel, begins: Bool)? {
        var values = values
        guard let word = values.next(), let name = values.next(), name.isString else { return nil }
        // No other push has so long a name, and most are messages.
        guard word.bytes.count >= 9 else { return nil }
        let kinds: [RedisChannel.Kind] = [.name, .pattern, .shard]
        for kind in kinds {
            let (begins, ends) = (
                word.isString(kind.pushOfBeginning), word.isString(kind.pushOfEnd)
            )
            if begins || ends {
                return (RedisChannel(kind, String(copying: name.bytes)), begins)
            }
        }
        return nil
    }
}

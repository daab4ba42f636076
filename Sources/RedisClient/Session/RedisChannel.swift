// A channel, and the commands that subscribe to it.

/// A channel to subscribe to.
package struct RedisChannel: Hashable, Comparable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        /// A channel with this name.
        case name
        /// All channels whose names match.
        case pattern
        /// A channel of one shard of a cluster.
        case shard

        var subscribe: StaticString {
            switch self {
            case .name: "SUBSCRIBE"
            case .pattern: "PSUBSCRIBE"
            case .shard: "SSUBSCRIBE"
            }
        }

        var unsubscribe: StaticString {
            switch self {
            case .name: "UNSUBSCRIBE"
            case .pattern: "PUNSUBSCRIBE"
            case .shard: "SUNSUBSCRIBE"
            }
        }
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.name, left.kind.rawValue) < (right.name, right.kind.rawValue)
    }
}

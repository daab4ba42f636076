// A command that Redis has not answered.
import RedisClient

/// What was asked, so that the answer finds where it belongs.
struct Flight: Sendable {
    enum Purpose: Sendable {
        /// A heartbeat with this count; its push has this number.
        case beat(count: UInt64, probe: UInt64)
        case role
        case loadFunctions
        /// The entries of a room.
        case tail(EngineRoom)
        /// Messages for a room: first some that are said again, then some that are new. If the
        /// round is over, they have been marked unsent since.
        case put(EngineRoom, round: UInt32, resayCount: Int, pendingCount: Int)
        /// Entries that Redis has lost.
        case refill(EngineRoom, entryCount: Int)
        /// The own presence in a room, and all others'.
        case presence(EngineRoom)
        /// That a node is dead: whether this node is the first to say so.
        case removeNode(String)
        /// A dead node's presence in a room.
        case removePresence(EngineRoom)
    }

    let request: RedisRequest
    let since: UInt64
    let purpose: Purpose
}

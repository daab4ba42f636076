// A request about a room whose answer the store must find first.
import ChatRooms
import WebSocketServer

/// What is remembered of a request until its answer is there.
struct UnansweredRequest {
    let id: ConnectionID
    var query = PageQuery()
    /// How long it waits for news if there is nothing new.
    var wait = Duration.zero
    var address = ClientAddress.exempt
    /// How an event stream begins; nil if it asks for none, or has begun.
    var beginning: StreamBeginning?
    var isHead = false
}

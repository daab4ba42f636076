// Parses a request about a room: which room, which page, how long to wait.
import ChatRooms
import WebSocketServer

/// A request under `/rooms/`.
struct RoomRequest: Equatable {
    /// The room's name, decoded but not checked.
    let room: String

    /// Nil if the path is not `/rooms/R/messages`. A slash in a name is written as %2F; such a name
    /// is refused later.
    init?(_ path: String) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 4, segments[0] == "", segments[1] == "rooms",
            segments[3] == "messages"
        else { return nil }
        // A name that cannot be decoded becomes "", which is refused later.
        room = RequestHead.percentDecoded(String(segments[2])) ?? ""
    }

    /// Which messages a request's query asks for, and how long it is willing to wait.
    static func page(
        _ head: RequestHead
    ) throws(RoomRefusal) -> (query: PageQuery, wait: Duration) {
        guard RequestHead.percentDecoded(head.query ?? "") != nil else {
            throw RoomRefusal(.badRequest, "The query is not percent-encoded UTF-8.")
        }
        let query = PageQuery(
            after: try number("after", head), epoch: head.queryItem("epoch"),
            before: try number("before", head), limit: try number("limit", head) ?? 50)
        guard query.after == nil || query.before == nil else {
            throw RoomRefusal(.badRequest, "Say either after or before which offset.")
        }
        guard let text = head.queryItem("wait") else { return (query, .zero) }
        guard let seconds = Double(text), seconds >= 0 else {
            throw RoomRefusal(.badRequest, "\"wait\" must be a number of seconds, 0 to 60.")
        }
        guard query.after != nil else {
            throw RoomRefusal(
                .badRequest, "\"wait\" needs \"after\": the offset that you have already.")
        }
        let longest = RoomWaiters.longest
        return (query, seconds >= 60 ? longest : min(.seconds(seconds), longest))
    }

    private static func number(
        _ name: String, _ head: RequestHead
    ) throws(RoomRefusal) -> Int? {
        guard let text = head.queryItem(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw RoomRefusal(
                .badRequest, "\"after\", \"before\" and \"limit\" must be whole numbers, 0 or more."
            )
        }
        return number
    }
}

/// Why a request was refused before the chat saw it.
struct RoomRefusal: Error {
    let answer: RoomAnswer
    /// After how many seconds the same request may succeed; nil if that is not known.
    let retryAfter: Int?

    init(_ code: ErrorCode, _ text: StaticString, retryAfter: Int? = nil) {
        answer = RoomAnswer(refusing: code, text)
        self.retryAfter = retryAfter
    }
}

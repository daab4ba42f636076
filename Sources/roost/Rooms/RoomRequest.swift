// Parses a request about a room: which room, which page, how long to wait, where a stream begins.
import ChatRooms
import WebSocketServer

/// A request under `/rooms/`.
struct RoomRequest: Equatable {
    /// The room's name, decoded but not checked.
    let room: String
    /// Whether it is about the room's event stream, and not its messages.
    let isStream: Bool

    /// Nil if the path is neither `/rooms/R/messages` nor `/rooms/R/events`. A slash in a name is
    /// written as %2F; such a name is refused later.
    init?(_ path: String) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 4, segments[0] == "", segments[1] == "rooms",
            segments[3] == "messages" || segments[3] == "events"
        else { return nil }
        isStream = segments[3] == "events"
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

    /// Where the event stream that is asked for begins: behind the last event that the client has,
    /// or with the newest `limit` messages. A browser repeats its first request and adds
    /// Last-Event-ID, so that field counts more than the query.
    static func stream(_ head: RequestHead) throws(RoomRefusal) -> StreamBeginning {
        guard RequestHead.percentDecoded(head.query ?? "") != nil else {
            throw RoomRefusal(.badRequest, "The query is not percent-encoded UTF-8.")
        }
        let limit = try number("limit", head) ?? 50
        for name in [head.header("Last-Event-ID"), head.queryItem("last_event_id")] {
            guard let id = name, !id.isEmpty else { continue }
            let parts = id.split(
                separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let offset = Int(parts[0]), offset >= 0 else {
                // It is no place in any room: whatever the client has is not ours.
                return StreamBeginning(resumes: true, query: PageQuery(limit: 200), limit: 200)
            }
            let query = PageQuery(after: offset, epoch: String(parts[1]), limit: 200)
            return StreamBeginning(resumes: true, query: query, limit: 200)
        }
        if let after = try number("after", head) {
            let query = PageQuery(after: after, epoch: head.queryItem("epoch"), limit: 200)
            return StreamBeginning(resumes: true, query: query, limit: 200)
        }
        let most = min(limit, 200)
        return StreamBeginning(resumes: false, query: PageQuery(limit: max(most, 1)), limit: most)
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

/// Where an event stream begins.
struct StreamBeginning: Equatable {
    /// Whether the client has said where it stands.
    let resumes: Bool
    /// Its first page.
    let query: PageQuery
    /// How many messages of that page it wants: no page is empty that asks for the newest.
    let limit: Int
}

/// Why a request was refused before the chat saw it.
struct RoomRefusal: Error {
    let answer: RoomAnswer
    /// After how many seconds the same request may succeed; nil if that is not known.
    let retryAfter: Int?

    /// The chat's own refusal.
    init(_ answer: RoomAnswer) {
        self.answer = answer
        retryAfter = nil
    }

    init(_ code: ErrorCode, _ text: StaticString, retryAfter: Int? = nil) {
        answer = RoomAnswer(refusing: code, text)
        self.retryAfter = retryAfter
    }
}

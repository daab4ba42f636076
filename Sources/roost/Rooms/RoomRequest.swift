// A request about a room, taken apart: which room, which page, how long to wait.
import ChatRooms
import WebSocketServer

/// What is asked under `/rooms/`.
struct RoomRequest: Equatable {
    /// The room's name, decoded and not checked.
    let room: String

    /// Nil if the path is not `/rooms/R/messages`. A slash within a name is written as %2F, and
    /// refused as a name later.
    init?(_ path: String) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 4, segments[0] == "", segments[1] == "rooms",
            segments[3] == "messages"
        else { return nil }
        // What cannot be decoded is no name either, and refused as one.
        room = RequestHead.percentDecoded(String(segments[2])) ?? ""
    }

    /// Which messages the query of a request asks for, and for how long it would wait.
    static func page(
        _ head: RequestHead
    ) throws(RoomRefusal) -> (query: PageQuery, wait: Duration) {
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

    init(_ code: ErrorCode, _ text: StaticString) {
        answer = RoomAnswer(refusing: code, text)
    }
}

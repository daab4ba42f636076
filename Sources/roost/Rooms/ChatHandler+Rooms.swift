// The rooms over plain HTTP: reading messages, waiting for new ones, and publishing.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// Answers a request under `/rooms/`, at once or when there is a new message.
    mutating func answer(
        _ roomRequest: RoomRequest, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) {
        do throws(RoomRefusal) {
            switch request.head.method {
            case .get, .head: try read(roomRequest, request, &io)
            case .post:
                let publisher = try publisher(request, io)
                let answer = chat.publish(
                    request.body, toRoom: roomRequest.room, by: publisher, at: io.timestamp,
                    &effects)
                carryOutEffects(&io)
                io.respond(to: request.id, with: HTTPResponse(answer))
            default:
                io.respond(
                    to: request.id, with: .notAllowed(request.head, allow: "GET, HEAD, POST"))
            }
        } catch {
            io.respond(to: request.id, with: HTTPResponse(error))
        }
    }

    private mutating func read(
        _ roomRequest: RoomRequest, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(RoomRefusal) {
        let (query, wait) = try RoomRequest.page(request.head)
        let page = chat.page(ofRoom: roomRequest.room, query)
        guard page.isUpToDate, wait > .zero, let room = page.room, !io.isStopping,
            request.head.method == .get
        else { return io.respond(to: request.id, with: HTTPResponse(page.answer)) }
        let waiter = RoomWaiters.Waiter(
            id: request.id, address: ClientAddress(request.peer), query: query,
            deadline: io.now + wait)
        guard waiters.add(waiter, for: room) else {
            chat.refusedOutside(.unavailable)
            throw RoomRefusal(
                .unavailable, "Too many requests wait already. Ask again in a second.")
        }
    }

    /// Something was published in a room, or the room was forgotten. Answers the room's waiters if
    /// there is a new message for them, or no room any more.
    mutating func tellWaiters(_ room: RoomID, _ io: inout ServerContext) {
        guard let first = waiters.example(for: room),
            !chat.page(of: room, first.query).isUpToDate
        else { return }
        // Most waiters have the same query.
        var last: (query: PageQuery, response: HTTPResponse)?
        for waiter in waiters.take(room) where io.isAnswerable(waiter.id) {
            if last?.query != waiter.query {
                last = (waiter.query, HTTPResponse(chat.page(of: room, waiter.query).answer))
            }
            if let last { io.respond(to: waiter.id, with: last.response) }
        }
    }

    /// Answers the waiters whose time is over that there is nothing new; all waiters when the
    /// server stops. Called at each tick and at the stop.
    mutating func endWaits(_ io: inout ServerContext) {
        let due = waiters.takeDue(at: io.now, all: io.isStopping) { io.isAnswerable($0) }
        for (room, waiter) in due {
            io.respond(to: waiter.id, with: HTTPResponse(chat.page(of: room, waiter.query).answer))
        }
    }
}

// The rooms over plain HTTP: reading messages, waiting for new ones, and publishing.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// Answers a request under `/rooms/`, at once or when there is a new message.
    mutating func answer(
        _ roomRequest: RoomRequest, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) {
        do throws(RoomRefusal) {
            if request.head.method == .get || request.head.method == .head {
                try checkMayRead(roomRequest.room, request, &io)
            }
            switch request.head.method {
            case .get where roomRequest.isStream, .head where roomRequest.isStream:
                try stream(roomRequest, request, &io)
            case _ where roomRequest.isStream:
                io.respond(to: request.id, with: .notAllowed(request.head, allow: "GET, HEAD"))
            case .get, .head: try read(roomRequest, request, &io)
            case .post:
                let publisher = try publisher(request, io)
                let answer = chat.publish(
                    request.body, toRoom: roomRequest.room, by: publisher, for: request.id.key,
                    at: io.timestamp, &effects)
                carryOutEffects(&io)
                if let answer {
                    io.respond(to: request.id, with: HTTPResponse(answer))
                } else {
                    unanswered[request.id.key] = UnansweredRequest(id: request.id)
                }
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
        var unanswered = UnansweredRequest(id: request.id, query: query)
        unanswered.address = ClientAddress(request.peer)
        if request.head.method == .get { unanswered.wait = wait }
        let page = chat.page(
            ofRoom: roomRequest.room, query, for: request.id.key, at: io.timestamp, &effects)
        guard let page else {
            self.unanswered[request.id.key] = unanswered
            return carryOutEffects(&io)
        }
        answer(unanswered, page, &io)
        carryOutEffects(&io)
    }

    /// The page that a request asks for is there: it is sent, or if there is nothing new, the
    /// request waits for what comes.
    private mutating func answer(
        _ request: UnansweredRequest, _ page: Page, _ io: inout ServerContext
    ) {
        guard page.isUpToDate, request.wait > .zero, let room = page.room, !io.isStopping else {
            return io.respond(to: request.id, with: HTTPResponse(page.answer))
        }
        let waiter = RoomWaiters.Waiter(
            id: request.id, address: request.address, query: request.query,
            deadline: io.now + request.wait)
        guard waiters.add(waiter, for: room) else {
            chat.refusedOutside(.unavailable)
            let refusal = RoomRefusal(
                .unavailable, "Too many requests wait already. Ask again in a second.")
            return io.respond(to: request.id, with: HTTPResponse(refusal))
        }
    }

    /// A request that had to wait for the store has its answer.
    mutating func answer(
        _ key: RequestKey, _ answer: RequestAnswer, _ io: inout ServerContext
    ) {
        guard let request = unanswered.removeValue(forKey: key) else { return }
        if case .page(let page) = answer, streams[request.id] != nil {
            return pageIsHere(page, for: request.id, &io)
        }
        guard io.isAnswerable(request.id) else { return }
        switch answer {
        case .page(let page) where request.beginning != nil: beginStream(request, page, &io)
        case .published(let answer): io.respond(to: request.id, with: HTTPResponse(answer))
        case .page(let page): self.answer(request, page, &io)
        }
    }

    /// Something was published in a room, or the room was forgotten. Answers the room's waiters if
    /// there is a new message for them, or no room any more.
    mutating func tellWaiters(_ room: RoomID, _ io: inout ServerContext) {
        guard let first = waiters.example(for: room),
            chat.isUpToDate(room, first.query) != true
        else { return }
        // Not for whoever has published: it would pay for them with its share of work.
        for waiter in waiters.take(room) { released.append((room, waiter)) }
        if io.isStopping { answerReleased(&io) } else { io.continueLater() }
    }

    /// Answers requests that have waited, as many as the turn allows, and the rest in later turns.
    mutating func answerReleased(_ io: inout ServerContext) {
        // Most waiters of a room have the same query.
        var last: (room: RoomID, query: PageQuery, response: HTTPResponse)?
        // A server that stops has no later turns for them.
        while io.isStopping || !io.isTurnSpent, let (room, waiter) = released.popFirst() {
            guard io.isAnswerable(waiter.id) else { continue }
            if last?.room != room || last?.query != waiter.query {
                let page = chat.page(
                    of: room, waiter.query, for: waiter.id.key, at: io.timestamp, &effects)
                guard let page else {
                    unanswered[waiter.id.key] = UnansweredRequest(id: waiter.id)
                    continue
                }
                last = (room, waiter.query, HTTPResponse(page.answer))
            }
            if let last { io.respond(to: waiter.id, with: last.response) }
        }
        if !released.isEmpty { io.continueLater() }
    }

    /// Answers the waiters whose time is over that there is nothing new; all waiters when the
    /// server stops. Called at each tick and at the stop.
    mutating func endWaits(_ io: inout ServerContext) {
        for (room, waiter) in waiters.takeDue(
            at: io.now, all: io.isStopping, isThere: { io.isAnswerable($0) })
        {
            released.append((room, waiter))
        }
        answerReleased(&io)
    }
}

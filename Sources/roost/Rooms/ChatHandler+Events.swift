// The messages of a room as an event stream: pages of history first, and then what is published.
import ChatRooms
import Storage
import WebSocketServer

extension ChatHandler {
    /// Browsers come back after this many milliseconds: not all at once when the server restarts.
    private static var delays: ClosedRange<Int> { 1_000...5_000 }

    /// Answers GET or HEAD of `/rooms/R/events`.
    mutating func stream(
        _ roomRequest: RoomRequest, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(RoomRefusal) {
        let beginning = try RoomRequest.stream(request.head)
        let isHead = request.head.method == .head
        let query = isHead ? PageQuery(limit: 1) : beginning.query
        var waiting = UnansweredRequest(id: request.id, query: query)
        waiting.address = ClientAddress(request.peer)
        waiting.beginning = beginning
        waiting.isHead = isHead
        let page = chat.page(
            ofRoom: roomRequest.room, query, for: request.id.key, at: io.timestamp, &effects)
        if let page {
            beginStream(waiting, page, &io)
        } else {
            unanswered[request.id.key] = waiting
        }
        carryOutEffects(&io)
    }

    /// The first page of a stream is here: begins the stream with it.
    mutating func beginStream(
        _ request: UnansweredRequest, _ page: Page, _ io: inout ServerContext
    ) {
        guard let room = page.room, let beginning = request.beginning else {
            return io.respond(to: request.id, with: HTTPResponse(page.answer))
        }
        guard request.isHead || streams.hasPlace(for: request.address) else {
            chat.refusedOutside(.unavailable)
            let refusal = RoomRefusal(
                .unavailable, "Too many event streams are open already. Ask again later.")
            return io.respond(to: request.id, with: HTTPResponse(refusal))
        }
        // nginx would keep events back until it has 4 KiB of them.
        guard io.beginEventStream(to: request.id, headers: [("X-Accel-Buffering", "no")]) else {
            return
        }
        let bits = io.randomBytes(2).reduce(0) { $0 << 8 | Int($1) }
        let delay = Self.delays.lowerBound + bits % Self.delays.count
        io.setReconnection(of: request.id, delay: .milliseconds(delay))
        streams.add(
            RoomStreams.Stream(
                room: room, address: request.address, query: request.query, beginning: beginning),
            request.id)
        pageIsHere(page, for: request.id, &io)
    }

    /// The page that a stream has asked for is here: sends its messages. If it reaches the room's
    /// newest message the stream is live from now on, and nothing is missed or doubled, since
    /// nothing was published after the page was made. Otherwise it gets its next page when it has
    /// taken this one.
    mutating func pageIsHere(
        _ page: Page, for id: ConnectionID, _ io: inout ServerContext
    ) {
        guard let stream = streams[id] else { return }
        guard let room = page.room else {
            sendReset(id, Self.forgotten, "", &io)
            return io.endEventStream(id)
        }
        let json = page.answer.json
        let events = PageEvents(json.span)
        io.charge((Work.byte + Work.scannedByte) * json.count)
        // What was missed is gone, or was never here: the newest messages follow.
        if events.isRecovered == false
            || stream.beginning?.resumes == true && stream.query?.after == nil
        {
            sendReset(id, "Messages may be missing before the next one.", events.room, &io)
        }
        var last: PageEvents.Place?
        for message in events.messages.suffix(stream.beginning?.limit ?? .max) {
            var eventID = message.place.id
            eventID.makeContiguousUTF8()
            io.sendEvent(
                text: json.span.extracting(message.range), id: eventID.utf8.span, to: id)
            last = message.place
        }
        if last == nil {
            // Where it stands, although it has no message: it need not miss one when it comes back.
            var eventID = events.newest.id
            eventID.makeContiguousUTF8()
            io.setReconnection(of: id, eventID: eventID.utf8.span)
        }
        guard events.isRecovered == true, events.isMore, let last else {
            streams.advance(id, to: nil)
            return io.subscribe(id, to: topic(of: room))
        }
        streams.advance(id, to: PageQuery(after: last.offset, epoch: last.epoch, limit: 200))
        streams.queue(id)
        io.continueLater()
    }

    /// Sends streams that are behind their next page, as many as the turn allows: one each, and
    /// none to a stream that has not taken its last one.
    mutating func sendNextPages(_ io: inout ServerContext) {
        for _ in 0..<streams.behindCount {
            guard !io.isTurnSpent, let id = streams.nextBehind() else { break }
            guard let stream = streams[id], let query = stream.query else { continue }
            // It is queued again when its socket has taken everything: ``onDrain(_:_:)``.
            if io.isBlocked(id) { continue }
            guard io.bufferedByteCount(of: id) == 0 else {
                streams.queue(id)
                continue
            }
            let page = chat.page(
                of: stream.room, query, for: id.key, at: io.timestamp, &effects)
            if let page {
                pageIsHere(page, for: id, &io)
            } else {
                unanswered[id.key] = UnansweredRequest(id: id, query: query)
                carryOutEffects(&io)
            }
        }
        if streams.behindCount > 0 { io.continueLater() }
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {
        guard streams.count > 0, streams[id]?.query != nil else { return }
        streams.queue(id)
        io.continueLater()
    }

    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {
        streams.remove(id)
    }

    // MARK: Publishing

    /// Publishes to a room. Event streams get what has a place in its history, with that as the ID.
    mutating func publish(
        _ text: Span<UInt8>, to room: RoomID, _ place: Place?, _ io: inout ServerContext
    ) {
        guard streams.count > 0 else { return io.publish(text: text, to: topic(of: room)) }
        guard let place else { return io.publishToWebSockets(text: text, to: topic(of: room)) }
        eventID.removeAll(keepingCapacity: true)
        place.write(to: &eventID)
        io.publish(text: text, to: topic(of: room), eventID: eventID.span)
    }

    // MARK: Ends

    private static var reset: String { "reset" }

    private static var forgotten: String {
        "The room was forgotten: it comes into being when somebody enters."
    }

    /// The room is forgotten, and its streams end. They do not keep it: anybody may have one.
    mutating func endStreams(of room: RoomID, _ io: inout ServerContext) {
        guard streams.count > 0 else { return }
        // Their next page says that there is no room: as many hear of it in a turn as it allows.
        for id in streams.streams(of: room) {
            streams.advance(id, to: PageQuery())
            streams.queue(id)
        }
        io.continueLater()
    }

    /// The room's log is another one, and its streams end: they come back with their places, and
    /// hear then whether these are still there.
    mutating func resetStreams(of room: RoomID, _ io: inout ServerContext) {
        for waiter in waiters.take(room) {
            released.append((room, waiter))
            io.continueLater()
        }
        guard streams.count > 0 else { return }
        for id in streams.streams(of: room) { io.endEventStream(id) }
    }

    /// Tells a reader that what it has shown is not all any more, or does not count any more.
    /// `room` is its name in quotes, or empty.
    private func sendReset(
        _ id: ConnectionID, _ reason: String, _ room: String, _ io: inout ServerContext
    ) {
        var json = ByteBuffer()
        json.append("{\"type\":\"reset\"")
        if !room.isEmpty {
            json.append(",\"room\":")
            json.append(utf8: room)
        }
        json.append(",\"text\":\"")
        json.append(utf8: reason)
        json.append("\"}")
        io.sendEvent(text: json.span, event: Self.reset, to: id)
    }
}

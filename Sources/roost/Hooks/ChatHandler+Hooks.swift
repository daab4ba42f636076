// POST /hooks/TOKEN: a program says something in the one room that its token is for.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// Answers a request for a hook. Only the token counts: whether there is such a hook is said to
    /// nobody who does not POST.
    mutating func answer(
        _ hookRequest: HookRequest, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) {
        guard request.head.method == .post else {
            return io.respond(to: request.id, with: .notAllowed(request.head, allow: "POST"))
        }
        do throws(RoomRefusal) {
            let hook = try hook(hookRequest, request, io)
            let byteCount = request.body.count
            io.charge(Self.commandWork + 2 * Work.scannedByte * byteCount)
            let refusal = chat.admit(
                hook, byteCount, from: ClientAddress(request.peer), at: io.timestamp)
            if let refusal { throw RoomRefusal(refusal) }
            let message = try HookBody.message(
                request.body, type: request.head.header("Content-Type"))
            let answer = chat.post(
                message.span, by: hook, for: request.id.key, at: io.timestamp, &effects)
            carryOutEffects(&io)
            if let answer {
                io.respond(to: request.id, with: HTTPResponse(answer))
            } else {
                unanswered[request.id.key] = UnansweredRequest(id: request.id)
            }
        } catch {
            io.respond(to: request.id, with: HTTPResponse(error))
        }
    }

    /// The hook of a request. Wrong tokens are counted with those of publishers.
    mutating func hook(
        _ hookRequest: HookRequest, _ request: borrowing HTTPRequest, _ io: borrowing ServerContext
    ) throws(RoomRefusal) -> Hook {
        try checkGuesses(from: request.peer, io)
        if let hook = chat.hook(withToken: hookRequest.token) { return hook }
        guessed(from: request.peer, io)
        throw RoomRefusal(
            .notFound, "There is no hook with this address: it is mistyped, or was deleted.")
    }
}

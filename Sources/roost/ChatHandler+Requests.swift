// Plain HTTP: which part of the server answers a request.
import WebSocketServer

extension ChatHandler {
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        if !request.listener.isInternal, let challenges = encryption.challenges,
            AcmeChallenges.claims(request.head.path)
        {
            return io.respond(to: request.id, with: challenges.answer(request.head))
        }
        let room = request.listener == .metrics ? nil : RoomRequest(request.head.path)
        // A message that is published at the control socket is a message of the chat.
        if room != nil || !request.listener.isInternal { service.clientIsActive() }
        if let room {
            return answer(room, request, &io)
        }
        if !request.listener.isInternal, let hook = HookRequest(request.head.path) {
            return answer(hook, request, &io)
        }
        let response: HTTPResponse? =
            if request.listener.isInternal {
                answerOperator(request, &io)
            } else if request.head.pathIs(Self.path) {
                HTTPResponse.webSocketOnly(request.head)
            } else {
                site.answer(request.head, isStopping: io.isStopping, isCutOff: isCutOff)
            }
        // Otherwise it comes when the store has kept what was asked for.
        if let response { io.respond(to: request.id, with: response) }
    }
}

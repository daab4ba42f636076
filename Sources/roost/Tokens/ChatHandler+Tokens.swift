// Tokens between the chat and what checks them, and reading rooms over HTTP with one.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// Checks the tokens that the chat asks about, and gives it the answers.
    mutating func check(_ jobs: [(key: ConnectionKey, token: String)], _ io: inout ServerContext) {
        guard !jobs.isEmpty else { return }
        for job in jobs {
            let answer = answer(job.token, io)
            if let id = io.connection(job.key) { io.charge(access.tokens?.work ?? 0, to: id) }
            if chat.needsToken { provideToken(&io) }
            chat.tokenChecked(job.key, answer, at: io.timestamp, &effects)
        }
        carryOutEffects(&io)
    }

    private func answer(_ token: String, _ io: borrowing ServerContext) -> TokenAnswer {
        guard let verifier = access.tokens else { return .invalid("This server knows no tokens.") }
        return verifier.check(token, at: io.timestamp.wall)
    }

    /// Throws if the request may not read the room: a server whose people have tokens wants one.
    mutating func checkMayRead(
        _ room: String, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(RoomRefusal) {
        guard !request.listener.isInternal else { return }
        guard let verifier = access.tokens else {
            guard access.isReadingPublic else {
                throw RoomRefusal(.forbidden, "This server shows its rooms to their members only.")
            }
            return
        }
        io.charge(verifier.work, to: request.id)
        let parts = request.head.header("Authorization")?.split(separator: " ", maxSplits: 1)
        guard let parts, parts.count == 2, parts[0].lowercased() == "bearer",
            parts[1].utf8.count <= Chat.tokenByteLimit
        else {
            throw RoomRefusal(.badToken, "Send a token: Authorization: Bearer TOKEN")
        }
        guard case .valid(let claims) = answer(String(parts[1]), io) else {
            throw RoomRefusal(.badToken, "The token is not valid, or has expired.")
        }
        if let refusal = chat.refusal(of: claims, toRead: room, at: io.timestamp) {
            throw RoomRefusal(refusal)
        }
    }
}

// A server that looks up a client's token in a task, and only then decides about its handshake.
import Foundation
import WebSocketServer

struct TokenAnswer: Sendable {
    let id: ConnectionID
    let name: String?
}

struct TokenHandler: MailHandler {
    let tokens: AsyncStream<(ConnectionID, String)>.Continuation
    var names: [ConnectionID: String] = [:]

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision {
        tokens.yield((request.id, request.head.header("Authorization") ?? ""))
        return .later
    }

    mutating func onMail(_ answer: TokenAnswer, _ io: inout ServerContext) {
        guard let name = answer.name else {
            let rejection = HandshakeRejection(.unauthorized, reason: "Log in first.")
            io.refuseUpgrade(answer.id, rejection)
            return
        }
        if io.acceptUpgrade(answer.id) { names[answer.id] = name }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) { io.send("\(names[id] ?? "nobody"): \(message.text)", to: id) }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        names[id] = nil
    }
}

extension TestServer {
    static func serveMembers() async throws {
        let (tokens, asking) = AsyncStream.makeStream(of: (ConnectionID, String).self)
        var configuration = ServerConfiguration()
        configuration.stopSignals = [.terminate]
        let server = try Server(TokenHandler(tokens: asking), configuration)
        let mailbox = server.mailbox
        print("Listening on ws://\(server.addresses[0])")
        fflush(nil)
        Task {
            for await (id, token) in tokens {
                await Task.yield()
                mailbox.post(TokenAnswer(id: id, name: token == "Bearer sesame" ? "Ali" : nil))
            }
        }
        try await server.run()
        print("all have ended")
    }
}

// Lets in who has a token; others get 401. Whose token it is, a database says, in its time.
import WebSocketServer

actor Tokens {
    private let owners = ["Bearer sesame": "Ali"]

    func owner(of token: String) async throws -> String? {
        try await Task.sleep(for: .milliseconds(10))
        return owners[token]
    }
}

struct Members: WebSocketHandler {
    let tokens = Tokens()
    var names: [ConnectionID: String] = [:]

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> UpgradeDecision {
        let (id, token) = (request.id, request.head.header("Authorization") ?? "")
        startTask(for: id, &io) { [tokens] in
            try await tokens.owner(of: token)
        } then: { members, name, io in
            guard let name else { throw HandshakeRejection(.unauthorized, reason: "Log in.") }
            if io.acceptUpgrade(id) { members.names[id] = name }
        }
        return .later
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) { io.send("\(names[id]!): \(message.text)", to: id) }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        names[id] = nil
    }
}

serve(Members(), ServerConfiguration(port: UInt16(CommandLine.arguments.last!) ?? 8080))

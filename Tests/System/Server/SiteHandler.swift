// A handler with a route of each kind.
import WebSocketServer

struct SiteHandler: HTTPHandler, MailHandler {
    typealias Mail = HandlerMail

    /// More bytes than sockets take at once.
    static let large = [UInt8](repeating: 0x6C, count: 12 << 20)

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        switch request.head.path {
        case "/secret":
            throw HandshakeRejection(
                .unauthorized, reason: "Say who you are.", headers: [("WWW-Authenticate", "Bearer")]
            )
        default:
            return UpgradeReply(
                subprotocol: request.head.subprotocols.last, headers: [("X-Roost", "yes")])
        }
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        let id = request.id
        switch request.head.path {
        case "/echo":
            let words = "\(request.head.methodName) \(request.body.count)"
            io.respond(to: id, with: .text(.ok, words))
        case "/later": later = id
        case "/answer":
            if let later { io.respond(to: later, with: .text(.ok, "at last")) }
            later = nil
            io.respond(to: id, with: .text(.ok, "done"))
        case "/stream":
            io.beginResponse(to: id, .ok, headers: [("Content-Type", "text/plain")])
            for word in ["one ", "two ", "three"] {
                io.sendBody(word.utf8.span, to: id)
            }
            io.endResponse(to: id)
        case "/large": io.respond(to: id, with: HTTPResponse(.ok, body: Self.large))
        case "/twice":
            io.respond(to: id, with: .text(.ok, "first"))
            io.respond(to: id, with: .text(.ok, "second"))
        default: io.respond(to: id, with: .notFound)
        }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.send("welcome \(id.resourceID)", to: id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.send(message, to: id)
    }

    mutating func onMail(_ mail: HandlerMail, _ io: inout ServerContext) {
        switch mail {
        case .stop: io.stop(grace: .zero)
        case .answer(let id, let text): io.send(text, to: id)
        }
    }

    private var later: ConnectionID?
}

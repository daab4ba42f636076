// Step 1: what you type comes back to you, and the terminal shows what happens.
import WebSocketServer

struct Chat: HTTPHandler {
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .html(.ok, PackageResources.page_html))
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        print("\(id) is here")
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        print("\(id) says \(message.text.debugDescription)")
        io.send(message.text, to: id)
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        print("\(id) is in trouble: \(error)")
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        print("\(id) has gone: \(cause)")
    }
}

let port = CommandLine.arguments.last.flatMap { UInt16($0) } ?? 8080
serve(Chat(), ServerConfiguration(port: port)) { listeners in
    print("Open http://\(listeners[0].address)/ in your browser.")
}

// Step 3: every message has an author. Messages are JSON from here on.
import Foundation
import WebSocketServer

struct Entry: Codable { var user, text: String }

struct Chat: HTTPHandler {
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .html(.ok, PackageResources.page_html))
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "everyone"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(message.text.utf8))
        else { throw Disconnect(.policyViolation, "A message is JSON with user and text.") }
        share(entry, &io)
    }

    func share(_ entry: Entry, _ io: inout ServerContext) {
        guard let json = try? JSONEncoder().encode(entry) else { return }
        io.publish(String(decoding: json, as: UTF8.self), to: io.topic(named: "everyone"))
    }
}

let port = CommandLine.arguments.last.flatMap { UInt16($0) } ?? 8080
serve(Chat(), ServerConfiguration(port: port)) { listeners in
    print("Open http://\(listeners[0].address)/ in your browser.")
}

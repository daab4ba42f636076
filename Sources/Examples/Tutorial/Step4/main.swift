// Step 4: a connection logs in once, and the server remembers its name.
import Foundation
import WebSocketServer

struct Entry: Codable { var user, text, note: String? }

struct Chat: HTTPHandler {
    var names: [ConnectionID: String] = [:]

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .html(.ok, PackageResources.page_html))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(message.text.utf8))
        else { throw Disconnect(.policyViolation, "A message is JSON.") }
        if let name = names[id] { return share(Entry(user: name, text: entry.text), &io) }
        guard let name = entry.user, !name.isEmpty, !names.values.contains(name)
        else { return io.send(#"{"note": "Please choose another name."}"#, to: id) }
        names[id] = name
        io.subscribe(id, to: io.topic(named: "everyone"))
        share(Entry(user: name, note: "joined"), &io)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        if let name = names.removeValue(forKey: id) { share(Entry(user: name, note: "left"), &io) }
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

// A map of trains: every page shows where each train is now, however slow its line is. Start this,
// then trains.py beside it, which says where they are.
import Foundation
import WebSocketServer

/// One line of what is posted, and one message to the pages.
struct Position: Decodable {
    let train: String
    let x, y: Double
    /// When the train was there: seconds since 1970.
    let at: Double
    /// Whether it has arrived, and leaves the map.
    let gone: Bool?
}

struct TrainMap: HTTPHandler, OperationsHandler {
    private var trains: Topic?

    mutating func onStart(_ io: inout ServerContext) {
        trains = io.makeTopic(policy: .latestPerKey)
    }

    /// A new page gets the newest position of each train first.
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        if let trains { io.subscribe(id, to: trains) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        throw Disconnect(.policyViolation, "Pages only listen here.")
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        let answer: HTTPResponse =
            switch (request.head.method, request.head.path) {
            case (.get, "/"): .html(.ok, PackageResources.page_html)
            case (.get, "/lines.json"): json(PackageResources.lines_json)
            case (.get, "/positions"): json(positions(io))
            case (.post, "/positions"): publish([UInt8](copying: request.body), &io)
            case (_, "/positions"): .notAllowed(request.head, allow: "GET, POST")
            default: .notFound
            }
        io.respond(to: request.id, with: answer)
    }

    /// Each line is the newest position of a train. An example: here anybody may say so who reaches
    /// the server, which listens on this machine alone.
    private func publish(_ body: [UInt8], _ io: inout ServerContext) -> HTTPResponse {
        guard let trains else { return .notFound }
        for line in body.split(separator: UInt8(ascii: "\n")) {
            guard let position = try? JSONDecoder().decode(Position.self, from: Data(line)) else {
                return .text(.badRequest, "Each line is JSON with train, x, y and at.")
            }
            io.publish(
                text: line.span, to: trains, key: TopicKey(position.train),
                isLast: position.gone ?? false)
        }
        return HTTPResponse(.noContent)
    }

    private func positions(_ io: borrowing ServerContext) -> [UInt8] {
        var lines: [[UInt8]] = []
        if let trains {
            io.forEachNewest(of: trains) { _, line in lines.append([UInt8](copying: line)) }
        }
        return Array("[".utf8) + lines.joined(separator: ",\n".utf8) + Array("]\n".utf8)
    }

    private func json(_ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(.ok, headers: [("Content-Type", "application/json")], body: body)
    }
}

let words = CommandLine.arguments.dropFirst()
let configuration = ServerConfiguration(
    host: words.dropFirst().first ?? "127.0.0.1", port: words.first.flatMap { UInt16($0) } ?? 8080)
serve(TrainMap(), configuration) { listeners in
    print("Open http://\(listeners[0].address)/ in your browser, then run trains.py.")
}

// The second example: what one client sends, all clients receive. `kill -USR1` starts it anew, or
// what has been installed in its place: the connections stay, in their rooms.
import ArgumentParser
import CommandLineOptions
import WebSocketServer

/// Every message goes to all clients in the sender's room, including the sender.
///
/// A room is a topic: a message is appended to its log once, and sent from there to each
/// subscriber.
struct Broadcast: HandOverHandler {
    let roomCount: Int
    private var rooms: [Topic] = []

    init(roomCount: Int) { self.roomCount = roomCount }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        while rooms.count < roomCount { rooms.append(io.makeTopic()) }
        io.subscribe(id, to: room(of: id))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.publish(message, to: room(of: id))
    }

    /// The rooms, for the program that takes over.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.write(UInt32(rooms.count))
        for room in rooms { room.save(to: &writer) }
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        let count = try reader.read(UInt32.self)
        guard count == 0 || count == roomCount else {
            throw StateError("there are \(count) rooms, and --rooms says \(roomCount)")
        }
        for _ in 0..<count { rooms.append(try Topic(from: &reader)) }
    }

    /// Connection i is in room i mod N. The first connection has the number 1.
    private func room(of id: ConnectionID) -> Topic {
        rooms[Int((id.resourceID - 1) % UInt64(roomCount))]
    }
}

@main
struct BroadcastServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast-server", abstract: "Sends every message to every client.",
        version: Version.current)

    @Argument(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 8080

    @Option(help: "The number of rooms, N; connection i is in room i mod N.")
    var rooms = 1

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard rooms > 0 else { throw ValidationError("--rooms must be at least 1.") }
    }

    func run() throws {
        // Let any web page try this example, from another server or a local file.
        var configuration = try options.configuration(port: port, defaultOrigin: .any)
        configuration.reexecSignals = [.user1]
        let server = try Server(Broadcast(roomCount: rooms), configuration)
        announce(server.listeners, scheme: "ws", configuration.tls)
        print("Pages of any Origin may connect: this is an example.")
        server.run()
    }
}

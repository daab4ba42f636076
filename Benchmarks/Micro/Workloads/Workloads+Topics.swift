// Topics: a message appended to a log, and swept out to its subscribers over real sockets.
import Glibc
import LinuxReactor

@testable import WebSocketServer

extension Workload {
    static let topics: [Workload] = [
        // A turn for each message: per delivery, one send of one frame.
        Workload("topic, sweep to 100 members, per delivery", count: 20_000) {
            sweeping(memberCount: 100)
        },
        // A topic without subscribers: the cost of a publish by itself.
        Workload("topic, append", count: 50_000) {
            let town = MemberTown(memberCount: 1)
            return { count in
                for _ in 0..<count / 500 { town.append(500) }
            }
        },
    ]

    private static func sweeping(memberCount: Int) -> (Int) -> Void {
        let town = MemberTown(memberCount: memberCount)
        return { count in
            for number in 0..<count / memberCount {
                town.publish()
                if number % 50 == 49 { town.drain() }
            }
            town.drain()
        }
    }
}

/// Subscribes all connections to one topic.
private struct Everybody: WebSocketHandler {
    var topic: Topic?

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        if topic == nil { topic = io.makeTopic() }
        if let topic { io.subscribe(id, to: topic) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}
}

/// A server and its clients, in one process and on one thread.
private final class MemberTown {
    private var core: ServerCore<LinuxKernel>
    private var handler = Everybody()
    private let mailbox: Mailbox<Never>
    private var clients: [Int32] = []
    private var room = [UInt8](repeating: 0, count: 1 << 16)
    private let message = Array(chatText.utf8)

    init(memberCount: Int) {
        var configuration = ServerConfiguration()
        configuration.addresses = [.tcp(host: "127.0.0.1", port: 0)]
        configuration.stopSignals = []
        guard let core = try? ServerCore(LinuxKernel(), configuration) else {
            preconditionFailure("no free port on 127.0.0.1")
        }
        mailbox = Mailbox(descriptor: core.wakeup) { _ in }
        self.core = core
        let port = self.core.listening.listeners[0].address.port
        for _ in 0..<memberCount { clients.append(Self.connect(to: port)) }
        while self.core.io.connectionCount < memberCount { turn() }
        drain()
    }

    private static func connect(to port: UInt16) -> Int32 {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(outcome == 0, "a client cannot connect")
        let request =
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        let sent = request.utf8.withContiguousStorageIfAvailable {
            Glibc.send(client, $0.baseAddress, $0.count, 0)
        }
        precondition(sent == request.utf8.count, "a client cannot send")
        return client
    }

    deinit { for client in clients { close(client) } }

    private func turn() {
        core.turn { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
    }

    /// Publishes one message to all.
    func publish() {
        append(1)
        turn()
    }

    /// Publishes messages that are never delivered: the log is reset to its start each time.
    func append(_ count: Int) {
        guard let topic = handler.topic else { preconditionFailure("there is no topic") }
        let message = message
        for _ in 0..<count { core.io.publish(text: message.span, to: topic) }
        if count > 1 {
            turn()
            drain()
        }
    }

    func drain() {
        for client in clients {
            while recv(client, &room, room.count, Int32(MSG_DONTWAIT)) == room.count {}
        }
    }
}

// A node with a real connection, and a member who reads along.
import ChatEngine
import Glibc
import RedisClient
import Storage

/// What a member has seen, and what must hold of it.
struct View {
    private(set) var places: [EnginePlace] = []
    private var keys: [String] = []
    /// Everything that it ever saw, through resets.
    private(set) var seen: Set<String> = []
    private(set) var resetCount = 0
    private(set) var faults: [String] = []

    mutating func add(_ entry: EngineEntry) {
        let key = String(copying: entry.key)
        if let last = places.last, entry.place.offset != last.offset + 1 {
            faults.append("\(entry.place) behind \(last)")
        }
        if keys.suffix(1_000).contains(key) { faults.append("\(key) twice") }
        places.append(entry.place)
        keys.append(key)
        seen.insert(key)
    }

    mutating func reset() {
        resetCount += 1
        places = []
        keys = []
    }

    /// Which message each place was.
    var names: [(EnginePlace, String)] { Array(zip(places, keys)) }
}

final class EngineHost {
    let name: String
    private var node: EngineNode
    private var session = RedisSession()
    private var socket: Int32 = -1
    private var received = ByteBuffer()
    private var nextAttempt: UInt64 = 0
    /// Where Redis is.
    var path: String

    private(set) var views: [EngineRoom: View] = [:]
    private var joined: Set<EngineRoom> = []
    private(set) var placed: [UInt64: EnginePlace] = [:]
    private(set) var refused: [UInt64: EngineRefusal] = [:]
    private(set) var delayed: Set<UInt64> = []
    private(set) var present: [String: [UInt8]] = [:]
    private(set) var troubles: [EngineTrouble] = []
    private(set) var liveCount = 0
    private(set) var names: [(EnginePlace, String)] = []

    init(_ name: String, _ path: String, seed: UInt64, _ options: EngineOptions) {
        self.name = name
        self.path = path
        node = EngineNode(options, incarnation: name, seed: seed)
    }

    deinit { if socket >= 0 { close(socket) } }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    // MARK: The chat's side

    func open(_ room: String) -> EngineRoom { node.open(room) }

    func publish(_ key: String, ticket: UInt64, in room: EngineRoom) {
        node.publish(
            key: Array(key.utf8).span, body: Array("body of \(key)".utf8).span, ticket: ticket,
            in: room, at: Self.now())
    }

    func setPresence(_ value: String, in room: EngineRoom) {
        node.setPresence(Array(value.utf8), in: room)
    }

    func isLive(_ room: EngineRoom) -> Bool { node.isLive(room) }
    func head(of room: EngineRoom) -> EnginePlace { node.head(of: room) }

    func logKeys(_ room: EngineRoom) -> [String] {
        var keys: [String] = []
        for serial in node.serials(in: room) {
            guard let entry = node.entry(serial, in: room) else { continue }
            keys.append(String(copying: entry.key))
        }
        return keys
    }

    // MARK: One turn

    func turn() {
        if socket < 0, Self.now() >= nextAttempt { connect() }
        receive()
        node.moveOn(at: Self.now(), &session)
        send()
        takeEvents()
    }

    private func takeEvents() {
        while let event = node.takeEvent() {
            switch event {
            case .live(let room, let serials):
                liveCount += 1
                // Its member has waited for this.
                if joined.insert(room).inserted { show(serials, room) }
            case .appended(let room, let serials): show(serials, room)
            case .reset(let room, let serials):
                views[room]?.reset()
                show(serials, room)
            case .placed(let ticket, let place): placed[ticket] = place
            case .delayed(let ticket): delayed.insert(ticket)
            case .refused(let ticket, let reason): refused[ticket] = reason
            case .presence(_, let node, let value):
                present[node] = value.isEmpty ? nil : value
            case .state: break
            case .reconnect(let trouble):
                troubles.append(trouble)
                drop()
            }
        }
    }

    private func show(_ serials: Range<Int>, _ room: EngineRoom) {
        for serial in serials {
            guard let entry = node.entry(serial, in: room) else { continue }
            views[room, default: View()].add(entry)
            names.append((entry.place, String(copying: entry.key)))
        }
    }

    // MARK: The connection

    func drop() {
        guard socket >= 0 else { return }
        close(socket)
        socket = -1
        received.removeAll()
        session.end()
        node.disconnected(at: Self.now())
        nextAttempt = Self.now() + 20_000_000
    }

    private func connect() {
        nextAttempt = Self.now() + 20_000_000
        let new = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(new, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            close(new)
            return
        }
        socket = new
        session.begin(RedisURL(.unix(path: path)), at: Self.now())
    }

    private func receive() {
        guard socket >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return drop() }
            received.append(buffer.span.extracting(..<count))
        }
        var bytes = ByteBuffer()
        swap(&bytes, &received)
        guard let count = take(bytes.span) else { return drop() }
        bytes.removeFirst(count)
        swap(&bytes, &received)
    }

    /// How many bytes are done with; nil if they are not Redis'.
    private func take(_ bytes: Span<UInt8>) -> Int? {
        var start = 0
        do {
            while let (event, byteCount) = try session.take(
                bytes.extracting(start...), at: Self.now())
            {
                let reply = RedisReply(bytes.extracting(start..<start + byteCount))
                start += byteCount
                switch event {
                case .own: break
                case .opened: node.connected(at: Self.now())
                case .reply(let request): node.replied(reply, to: request, at: Self.now())
                case .push, .unsubscribed: node.pushed(reply, at: Self.now())
                case .refused: node.subscriptionRefused(reply.error ?? "")
                }
            }
        } catch {
            return nil
        }
        return start
    }

    private func send() {
        guard socket >= 0 else { return }
        var output = ByteBuffer()
        swap(&output, &session.output)
        while !output.isEmpty {
            let count = output.span.withUnsafeBufferPointer {
                Glibc.send(
                    socket, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return drop() }
            output.removeFirst(count)
        }
        swap(&output, &session.output)
    }

    /// What poll(2) is to wait for.
    var waiting: pollfd { pollfd(fd: socket, events: Int16(POLLIN), revents: 0) }
}

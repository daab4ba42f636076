// GET /connections, /rooms and /ends: what operators see of connections and rooms. An answer takes
// bounded work; a list that is longer comes in parts.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    /// Places of the table of rooms that one answer looks at.
    static let roomStepCount = 500

    /// GET /connections: who is connected. `user`, `room`, `address` and `connection` narrow it
    /// down; `after` is the `next` of the part before.
    func connections(_ head: RequestHead, _ io: borrowing ServerContext) -> HTTPResponse {
        do throws(ControlRefusal) {
            let (found, next) = try search(try ConnectionSelection { head.queryItem($0) }, io)
            var object = JSONText()
            object.add("total", io.connectionCount)
            // Not `map`: a closure cannot borrow `io`.
            var rows: [JSONText] = []
            for id in found { rows.append(connection(id, io)) }
            object.add("connections", rows)
            if let next { object.add("next", next) }
            return .json(.ok, Array(object.text.utf8))
        } catch {
            return HTTPResponse(error)
        }
    }

    private func connection(_ id: ConnectionID, _ io: borrowing ServerContext) -> JSONText {
        let age = notes.age(of: id, at: io.now)
        var object = JSONText()
        object.add("connection", id.resourceID)
        if let user = chat.userName(of: id.key) { object.add("user", user) }
        object.add(io.peer(of: id) ?? .unknown)
        object.add("connected_at", Self.text(io.timestamp.wall - Int64(age) * 100))
        object.add("connected_seconds", Double(age) / 10)
        object.add("rooms", chat.roomNames(of: id.key))
        object.add("unsent_bytes", io.unsentByteCount(of: id))
        object.add("blocked", io.isBlocked(id))
        object.add("messages", notes.messageCount(of: id))
        return object
    }

    /// GET /rooms: all open rooms.
    func roomList(_ head: RequestHead, _ io: borrowing ServerContext) -> HTTPResponse {
        guard let start = UInt32(head.queryItem("after") ?? "0") else {
            return HTTPResponse(
                ControlRefusal(.badRequest, "\"after\" must be the \"next\" of an answer."))
        }
        let (list, next) = chat.roomList(
            from: start, count: Self.roomStepCount, at: io.timestamp)
        var object = JSONText()
        object.add("total", chat.roomCount)
        object.add(
            "rooms",
            list.map { room in
                var row = JSONText()
                row.add("room", room.name)
                row.add("count", room.memberCount)
                row.add("offset", room.offset)
                row.add("idle_seconds", Double(room.idle) / 1000)
                return row
            })
        if let next { object.add("next", next) }
        return .json(.ok, Array(object.text.utf8))
    }

    // MARK: Ends

    /// GET /ends: why connections have ended, and who was refused. `user`, `connection` or
    /// `address` narrow it down.
    func ends(_ head: RequestHead, _ io: borrowing ServerContext) -> HTTPResponse {
        do throws(ControlRefusal) {
            let selection = try ConnectionSelection { head.queryItem($0) }
            var query = EndQuery(
                user: selection.user, connection: selection.connection, address: selection.address)
            if let text = head.queryItem("limit") {
                guard let limit = Int(text), EndQuery.limits.contains(limit) else {
                    throw ControlRefusal(.badRequest, "\"limit\" must be a number, 1 to 1000.")
                }
                query.limit = limit
            }
            let found = ends.find(query)
            var object = JSONText()
            if let user = query.user {
                object.add("connections", chat.connectionCount(of: user))
            }
            object.add("ends", found.map { $0.json })
            object.add("kept", ends.ring.count)
            object.add("kept_since", Self.text(keptSince(io)))
            object.add("refusals", refusals(query, found).map { $0.json })
            object.add("refused_logins", refusedLogins(query, found).map { $0.json })
            return .json(.ok, Array(object.text.utf8))
        } catch {
            return HTTPResponse(error)
        }
    }

    /// From when on all ends are known: from the start, until the ring is full.
    private func keptSince(_ io: borrowing ServerContext) -> Int64 {
        if ends.ring.count == EndLog.capacity, let oldest = ends.ring.oldest { return oldest.wall }
        let age = started.map { io.now.since($0).wholeMilliseconds } ?? 0
        return io.timestamp.wall - Int64(clamping: age)
    }

    /// The refusals that go with a question: of its address, or of the addresses from which the
    /// connections that were found came. A question for one connection has none.
    private func refusals(_ query: EndQuery, _ found: [EndLog.End]) -> [RefusalLog.Entry] {
        if query.connection != nil { return [] }
        if let address = query.address {
            return refusals.find(limit: query.limit) { address.contains($0) }
        }
        guard query.user != nil else { return refusals.find(limit: query.limit) { _ in true } }
        let hosts = Set(found.map { $0.peer.host })
        return refusals.find(limit: query.limit) { hosts.contains($0.host) }
    }

    /// The refused logins that go with a question: those with its name, or of its connection.
    private func refusedLogins(_ query: EndQuery, _ found: [EndLog.End]) -> [RefusedLogin] {
        let ring = chat.refusedLogins.ring
        let connections = Set(found.map(\.resourceID))
        let hash = query.user.map(Chat.nameHash)
        var logins: [RefusedLogin] = []
        var place = 0
        while place < ring.count, logins.count < query.limit {
            let login = ring[fromNewest: place]
            place += 1
            if let name = query.user {
                guard login.nameHash == hash, Chat.isSameName(login.name, name) else { continue }
            } else if let id = query.connection {
                guard login.resourceID == id else { continue }
            } else if query.address != nil {
                guard connections.contains(login.resourceID) else { continue }
            }
            logins.append(login)
        }
        return logins
    }

    /// Milliseconds since 1970, as RFC 3339.
    static func text(_ wall: Int64) -> String {
        Timestamp(monotonic: 0, wall: wall).wallText
    }
}

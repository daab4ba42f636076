// POST /kick: an operator sends somebody out, of the server or of a room.
import ChatRooms
import Logging
import WebSocketServer

/// Connections that operators have sent out since the start.
struct KickCounts {
    var closedCount: UInt64 = 0
    var expelledCount: UInt64 = 0
}

extension ChatHandler {
    static let standardKickReason = "You were sent out by an operator."
    /// A reason in a Close frame has 123 bytes at most (RFC 6455 §5.5).
    static let kickReasonByteLimit = 123

    /// Closes the connections that the body names, or takes them out of its `room`. They may come
    /// back. Answers with their number, and with `next` if there may be more: the same request with
    /// `after` goes on there.
    mutating func kick(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse {
        do throws(ControlRefusal) {
            let body = try Self.kickBody(request.body)
            // A condition that was dropped would send out more connections than were meant.
            for name in ["user", "room", "address", "connection", "reason", "after"] {
                guard let value = body[name], value.scalarText == nil else { continue }
                throw ControlRefusal(.badRequest, "\"\(name)\" must be a text or a number.")
            }
            let selection = try ConnectionSelection { body[$0]?.scalarText }
            guard selection.user != nil || selection.address != nil || selection.connection != nil
            else {
                throw ControlRefusal(
                    .badRequest, "Say whom to send out: \"user\", \"connection\" or \"address\".")
            }
            let reason = body["reason"]?.scalarText ?? ""
            guard reason.utf8.count <= Self.kickReasonByteLimit,
                !reason.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }
                )
            else {
                throw ControlRefusal(
                    .tooLong,
                    "A reason has at most \(Self.kickReasonByteLimit) bytes and one line.")
            }
            let (found, next) = try search(selection, io)
            sendOut(found, selection, reason, &io)
            if !found.isEmpty {
                service.events.kicked(
                    count: found.count, selection, reason: reason,
                    by: request.credentials?.user ?? .max)
            }
            var object = JSONText()
            object.add("connections", found.count)
            if let next { object.add("next", next) }
            return .json(.ok, Array(object.text.utf8))
        } catch {
            return HTTPResponse(error)
        }
    }

    private mutating func sendOut(
        _ found: [ConnectionID], _ selection: ConnectionSelection, _ reason: String,
        _ io: inout ServerContext
    ) {
        guard let room = selection.room else {
            let sentence = ModerationOrder.farewell(reason, standard: Self.standardKickReason)
            for id in found {
                close(id, .kicked, sentence, &io)
            }
            kicks.closedCount += UInt64(found.count)
            return
        }
        let sentence = reason.isEmpty ? Self.standardKickReason : reason
        for id in found {
            guard let filter = chat.connectionFilter(user: nil, room: room) else { break }
            _ = chat.expel(id.key, filter, text: sentence, at: io.timestamp, &effects)
        }
        kicks.expelledCount += UInt64(found.count)
        carryOutEffects(&io)
    }

    private static func kickBody(_ bytes: Span<UInt8>) throws(ControlRefusal) -> JSONTree {
        guard let body = JSONTree([UInt8](copying: bytes)), case .object = body else {
            throw ControlRefusal(.badJSON, "Send a JSON object, like {\"user\":\"ann\"}.")
        }
        return body
    }
}

extension EventLog {
    /// An operator has sent connections out; `reason` is the operator's own.
    func kicked(
        count: Int, _ selection: ConnectionSelection, reason: String, by operatorID: UInt32
    ) {
        var whom: [String] = []
        var fields: Logger.Metadata = [
            "uid": .string("\(operatorID)"), "connections": .string("\(count)"),
        ]
        if let user = selection.user {
            whom.append("of \(user)")
            fields["user"] = .string(user)
        }
        if let id = selection.connection {
            whom.append("with the number \(id)")
            fields["connection"] = .string("\(id)")
        }
        if selection.address != nil {
            whom.append("from \(selection.addressText)")
            fields["peer"] = .string(selection.addressText)
        }
        if let room = selection.room { fields["room"] = .string(room) }
        if !reason.isEmpty { fields["reason"] = .string(reason) }
        let place = selection.room.map { " out of the room \($0)" } ?? ""
        log(
            .kicked,
            "User \(operatorID) sent \(count) connection\(count == 1 ? "" : "s") "
                + "\(whom.joined(separator: " "))\(place)"
                + (selection.room == nil ? " away" : "")
                + (reason.isEmpty ? "." : ": \(reason)"),
            fields)
    }
}

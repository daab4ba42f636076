// Bans, mutes and moderators at the control socket, and their records in the journal.
import ChatRooms
import Logging
import WebSocketServer

extension ChatHandler {
    /// Bans and mutes in one answer.
    private static var sanctionStepCount: Int { 500 }

    /// GET /bans: all bans and mutes. `after` is the `next` of the part before.
    func bans(_ head: RequestHead) -> HTTPResponse {
        guard let start = Int64(head.queryItem("after") ?? "0") else {
            return HTTPResponse(
                ControlRefusal(.badRequest, "\"after\" must be the \"next\" of an answer."))
        }
        let found = chat.sanctions(after: start, count: Self.sanctionStepCount)
        var object = JSONText()
        object.add("total", chat.banCount + chat.muteCount)
        object.add("bans", found.map(Self.row))
        if found.count == Self.sanctionStepCount, let last = found.last {
            object.add("next", last.number)
        }
        return .json(.ok, Array(object.text.utf8))
    }

    private static func row(_ sanction: Sanction) -> JSONText {
        var row = JSONText()
        row.add("kind", sanction.kind.name)
        row.add("user", sanction.user)
        row.add("account", sanction.isAccount)
        if let room = sanction.room { row.add("room", room) }
        row.add("since", text(sanction.at))
        if let until = sanction.until { row.add("until", text(until)) }
        if let moderator = sanction.by { row.add("by", moderator) }
        if !sanction.reason.isEmpty { row.add("reason", sanction.reason) }
        return row
    }

    /// POST /ban, /unban, /mute and /unmute. An operator may do it to moderators too.
    mutating func moderate(
        _ action: ModerationAction, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            let order = try Self.order(action, request.body)
            let record: ModerationRecord
            do throws(OperatorRefusal) {
                record = try chat.moderate(order, at: io.timestamp, &effects)
            } catch {
                throw ControlRefusal(error.code, error.sentence)
            }
            service.events.moderated(record, by: request.credentials?.user ?? .max)
            return whenKept(answer(to: record), request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }

    /// What has come of an order. A room that is not open may be a slip of the pen.
    private func answer(to record: ModerationRecord) -> JSONText {
        var object = JSONText()
        object.add("connections", record.connectionCount)
        if let until = record.until { object.add("until", Self.text(until)) }
        if let room = record.room {
            object.add("room_open", chat.connectionFilter(user: nil, room: room) != nil)
        }
        return object
    }

    private static func order(
        _ action: ModerationAction, _ bytes: Span<UInt8>
    ) throws(ControlRefusal) -> ModerationOrder {
        guard let body = JSONTree([UInt8](copying: bytes)), let name = body["user"]?.string else {
            throw ControlRefusal(.badRequest, "Say whom: {\"user\":\"ann\"}.")
        }
        // A condition that was dropped would hold in more rooms, or for longer, than was meant.
        for field in ["room", "reason"] where body[field] != nil && body[field]?.string == nil {
            throw ControlRefusal(.badRequest, "\"\(field)\" must be a text.")
        }
        let seconds = body["seconds"]?.int
        guard body["seconds"] == nil || (1...ModerationOrder.longestTime).contains(seconds ?? 0)
        else {
            throw ControlRefusal(.badRequest, "\"seconds\" must be a whole number, 1 to 315360000.")
        }
        let reason = body["reason"]?.string ?? ""
        guard ModerationOrder.isReason(reason) else {
            throw ControlRefusal(
                .tooLong,
                "A reason has at most \(ModerationOrder.reasonByteLimit) bytes and one line.")
        }
        return ModerationOrder(
            action, room: body["room"]?.string, user: name, seconds: seconds, reason: reason)
    }

    // MARK: Moderators

    /// POST /mod: makes an account a moderator, or ends that.
    mutating func setModerator(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            let (name, body) = try Self.accountBody(request.body)
            guard case .bool(let isModerator) = body["moderator"] else {
                throw ControlRefusal(.badRequest, "\"moderator\" must be true or false.")
            }
            guard chat.setModerator(name, isModerator) else { throw Self.noAccount }
            service.events.moderatorChanged(
                name, isModerator, by: request.credentials?.user ?? .max)
            return ended(chat.connectionCount(of: name), request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }

    /// Lets the accounts moderate that the command line names.
    mutating func appointModerators() {
        for name in chat.appointModerators(moderatorNames) {
            service.events.log(
                .settingIgnored,
                "--moderator \(name) has no effect: there is no account with this name. Once there "
                    + "is one, reload the server, or use 'roost mod'.")
        }
    }
}

extension EventLog {
    /// Somebody has been kicked, banned or muted, or that has ended; `operatorID` is the operator's
    /// number if it was no moderator.
    func moderated(_ record: ModerationRecord, by operatorID: UInt32? = nil) {
        let who = operatorID.map { "User \($0)" } ?? "The moderator \(record.by ?? "")"
        let verb =
            switch record.action {
            case .kick: "kicked"
            case .ban: "banned"
            case .mute: "muted"
            case .unban: "ended the ban of"
            case .unmute: "ended the mute of"
            }
        let place = record.room.map { " in the room \($0)" } ?? ""
        let isLasting = record.action == .ban || record.action == .mute
        let end =
            record.until.map { " until \(ChatHandler.text($0))" } ?? (isLasting ? " for good" : "")
        var fields: Logger.Metadata = [
            "action": .string(record.action.rawValue), "user": .string(record.user),
            "connections": .string("\(record.connectionCount)"),
        ]
        if let operatorID { fields["uid"] = .string("\(operatorID)") }
        if let moderator = record.by { fields["moderator"] = .string(moderator) }
        if let room = record.room { fields["room"] = .string(room) }
        if let until = record.until { fields["until"] = .string(ChatHandler.text(until)) }
        if !record.reason.isEmpty { fields["reason"] = .string(record.reason) }
        log(
            .moderated,
            "\(who) \(verb) \(record.user)\(place)\(end)"
                + (record.reason.isEmpty ? "." : ": \(record.reason)"), fields)
    }

    /// An operator has made an account a moderator, or has ended that.
    func moderatorChanged(_ name: String, _ isModerator: Bool, by operatorID: UInt32) {
        log(
            .moderatorChanged,
            "User \(operatorID) "
                + (isModerator ? "made \(name) a moderator." : "ended that \(name) moderates."),
            ["uid": .string("\(operatorID)"), "user": .string(name)])
    }
}

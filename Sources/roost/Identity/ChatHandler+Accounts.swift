// Accounts at the control socket: their list, a new password for somebody who has forgotten it, and
// freeing a name.
import ChatRooms
import Logging
import WebSocketServer

extension ChatHandler {
    /// Places of the table of accounts that one answer looks at.
    private static var accountStepCount: UInt32 { 500 }

    /// GET /accounts: all accounts. `after` is the `next` of the part before.
    func accounts(_ head: RequestHead) -> HTTPResponse {
        guard let start = UInt32(head.queryItem("after") ?? "0") else {
            return HTTPResponse(
                ControlRefusal(.badRequest, "\"after\" must be the \"next\" of an answer."))
        }
        let end = chat.accountPlaceCount
        let stop = min(end, start.addingReportingOverflow(Self.accountStepCount).partialValue)
        var rows: [JSONText] = []
        for place in start..<max(start, stop) {
            guard let account = chat.account(atPlace: place) else { continue }
            var row = JSONText()
            row.add("user", account.name)
            row.add("sessions", account.sessionCount)
            row.add("connections", account.connectionCount)
            if account.isModerator { row.add("moderator", true) }
            if account.seenAt > 0 { row.add("login_at", Self.text(account.seenAt)) }
            rows.append(row)
        }
        var object = JSONText()
        object.add("total", chat.accountCount)
        object.add("accounts", rows)
        if stop < end { object.add("next", Int(stop)) }
        return .json(.ok, Array(object.text.utf8))
    }

    /// POST /reset-account: gives an account another password, of which the body has the hash, and
    /// ends its sessions. The password itself does not come here.
    mutating func resetAccount(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            let (name, body) = try Self.accountBody(request.body)
            guard let hash = body["hash"]?.string, PasswordHash(hash) != nil else {
                throw ControlRefusal(.badRequest, "\"hash\" must be the hash of a password.")
            }
            let count = chat.connectionCount(of: name)
            guard chat.resetAccount(name, password: hash, at: io.timestamp, &effects) else {
                throw Self.noAccount
            }
            service.events.accountReset(name, count, by: request.credentials?.user ?? .max)
            return ended(count, request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }

    /// POST /delete-account: frees the name of an account.
    mutating func deleteAccount(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            let (name, _) = try Self.accountBody(request.body)
            let count = chat.connectionCount(of: name)
            guard chat.deleteAccount(name, at: io.timestamp, &effects) else { throw Self.noAccount }
            service.events.accountDeleted(name, count, by: request.credentials?.user ?? .max)
            return ended(count, request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }

    static func accountBody(
        _ bytes: Span<UInt8>
    ) throws(ControlRefusal) -> (name: String, JSONTree) {
        guard let body = JSONTree([UInt8](copying: bytes)), let name = body["user"]?.string else {
            throw ControlRefusal(.badRequest, "Say whose account: {\"user\":\"ann\"}.")
        }
        return (name, body)
    }

    static var noAccount: ControlRefusal {
        ControlRefusal(
            .notFound, "There is no account with this name. 'roost account list' shows all.")
    }

    /// The number of connections that something has ended, when that is kept.
    mutating func ended(
        _ count: Int, _ request: ConnectionID, _ io: inout ServerContext
    ) -> HTTPResponse? {
        var object = JSONText()
        object.add("connections", count)
        return whenKept(object, request, &io)
    }

    /// The answer, when what was done is kept: nil if that is later. No crash undoes it then.
    mutating func whenKept(
        _ object: JSONText, _ request: ConnectionID, _ io: inout ServerContext
    ) -> HTTPResponse? {
        let json = Array(object.text.utf8)
        let isLater = chat.answerWhenKept(json, request.key, at: io.timestamp, &effects)
        if isLater { unanswered[request.key] = UnansweredRequest(id: request) }
        carryOutEffects(&io)
        return isLater ? nil : .json(.ok, json)
    }
}

extension EventLog {
    /// An operator has given an account another password.
    func accountReset(_ name: String, _ connectionCount: Int, by operatorID: UInt32) {
        log(
            .accountReset, "User \(operatorID) gave the account \(name) a new password.",
            Self.fields(name, connectionCount, operatorID))
    }

    /// An operator has freed the name of an account.
    func accountDeleted(_ name: String, _ connectionCount: Int, by operatorID: UInt32) {
        log(
            .accountDeleted, "User \(operatorID) deleted the account \(name): its name is free.",
            Self.fields(name, connectionCount, operatorID))
    }

    private static func fields(
        _ name: String, _ connectionCount: Int, _ operatorID: UInt32
    ) -> Logger.Metadata {
        [
            "uid": .string("\(operatorID)"), "user": .string(name),
            "connections": .string("\(connectionCount)"),
        ]
    }
}

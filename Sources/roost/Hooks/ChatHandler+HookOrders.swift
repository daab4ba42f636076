// Hooks at the control socket: their list, a new one, and the end of one.
import ChatRooms
import Logging
import WebSocketServer

extension ChatHandler {
    /// Hooks in one answer.
    private static var hookStepCount: Int { 500 }

    /// GET /hooks: all hooks, without their tokens, which the server does not know. `after` is the
    /// `next` of the part before.
    func hooks(_ head: RequestHead) -> HTTPResponse {
        guard let start = Int64(head.queryItem("after") ?? "0") else {
            return HTTPResponse(
                ControlRefusal(.badRequest, "\"after\" must be the \"next\" of an answer."))
        }
        let found = chat.hooks(after: start, count: Self.hookStepCount)
        var object = JSONText()
        object.add("total", chat.hookCount)
        object.add("hooks", found.map(Self.row))
        if found.count == Self.hookStepCount, let last = found.last {
            object.add("next", last.number)
        }
        return .json(.ok, Array(object.text.utf8))
    }

    private static func row(_ hook: Hook) -> JSONText {
        var row = JSONText()
        row.add("number", hook.number)
        row.add("room", hook.room)
        row.add("name", hook.name)
        row.add("since", text(hook.at))
        return row
    }

    /// POST /add-hook: makes a hook, and says its token, this once.
    mutating func addHook(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            guard let body = JSONTree([UInt8](copying: request.body)),
                let room = body["room"]?.string
            else {
                throw ControlRefusal(.badRequest, "Say for which room: {\"room\":\"lobby\"}.")
            }
            guard body["name"] == nil || body["name"]?.string != nil else {
                throw ControlRefusal(.badRequest, "\"name\" must be a text.")
            }
            if chat.needsToken { provideToken(&io) }
            let (hook, token): (Hook, String)
            do throws(OperatorRefusal) {
                (hook, token) = try chat.addHook(
                    room: room, name: body["name"]?.string, at: io.timestamp)
            } catch {
                throw ControlRefusal(error.code, error.sentence)
            }
            service.events.hookChanged(hook, isNew: true, by: request.credentials?.user ?? .max)
            var object = Self.row(hook)
            object.add("path", "/hooks/\(token)")
            object.add("lasting", store != nil)
            if let clientURL { object.add("chat", clientURL) }
            return whenKept(object, request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }

    /// The first address for clients that do not come through a proxy, for programs on this
    /// machine: a server that listens on all addresses is on loopback too. Over TLS it has the name
    /// that the certificate is for.
    static func clientURL(
        _ listeners: [Listener], _ certificates: [CertificateSummary] = []
    ) -> String? {
        for listener in listeners where listener.kind == .public {
            let address = listener.address
            guard address.family == .ipv4 || address.family == .ipv6 else { continue }
            guard address.high == 0, address.low == 0 else { return "http://\(address)" }
            let host = address.family == .ipv4 ? "127.0.0.1" : "[::1]"
            return "http://\(host):\(address.port)"
        }
        let names = certificates.flatMap(\.names)
        guard let port = listeners.first(where: { $0.kind == .tls })?.address.port, port > 0,
            let name = names.first(where: { !$0.hasPrefix("*.") })
        else { return nil }
        return port == 443 ? "https://\(name)" : "https://\(name):\(port)"
    }

    /// POST /delete-hook: its token opens nothing from now on.
    mutating func deleteHook(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        do throws(ControlRefusal) {
            guard let body = JSONTree([UInt8](copying: request.body)),
                let number = body["number"]?.int
            else {
                throw ControlRefusal(.badRequest, "Say which hook: {\"number\":1}.")
            }
            guard let hook = chat.deleteHook(Int64(number)) else {
                throw ControlRefusal(
                    .notFound, "There is no hook with this number. 'roost hook list' shows all.")
            }
            service.events.hookChanged(hook, isNew: false, by: request.credentials?.user ?? .max)
            return whenKept(Self.row(hook), request.id, &io)
        } catch {
            return HTTPResponse(error)
        }
    }
}

extension EventLog {
    /// An operator has added or deleted a hook.
    func hookChanged(_ hook: Hook, isNew: Bool, by operatorID: UInt32) {
        log(
            .hookChanged,
            "User \(operatorID) \(isNew ? "added" : "deleted") hook \(hook.number), which "
                + "\(isNew ? "posts" : "posted") as \(hook.name) in the room \(hook.room).",
            [
                "uid": .string("\(operatorID)"), "action": .string(isNew ? "added" : "deleted"),
                "hook": .string("\(hook.number)"), "room": .string(hook.room),
                "user": .string(hook.name),
            ])
    }
}

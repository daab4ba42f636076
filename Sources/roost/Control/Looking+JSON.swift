// The JSON of ends and refusals, and of addresses in them.
import ChatRooms
import WebSocketServer

extension JSONText {
    /// Adds `address`, and `port` if it has one.
    mutating func add(_ peer: NetworkAddress) {
        add("address", peer.host)
        if peer.port > 0 { add("port", peer.port) }
    }
}

extension EndLog.End {
    var json: JSONText {
        var object = JSONText()
        object.add("at", ChatHandler.text(wall))
        object.add("connection", resourceID)
        if let user { object.add("user", user) }
        object.add(peer)
        object.add("lasted_seconds", Double(age) / 10)
        object.add("messages", messageCount)
        object.add("cause", CloseCause.counterNames[cause.counterIndex])
        object.add("code", cause.code.rawValue)
        object.add("text", sentence.isEmpty ? "\(cause)" : "\(cause): \(sentence)")
        return object
    }
}

extension RefusalLog.Entry {
    var json: JSONText {
        var object = JSONText()
        object.add(kind.peer)
        object.add("cause", kind.refusal.name)
        if kind.status > 0 { object.add("status", kind.status) }
        object.add("count", count)
        object.add("first_at", ChatHandler.text(first))
        object.add("last_at", ChatHandler.text(last))
        object.add("text", sentence)
        return object
    }
}

extension RefusedLogin {
    var json: JSONText {
        var object = JSONText()
        object.add("at", ChatHandler.text(wall))
        object.add("user", name)
        object.add("connection", resourceID)
        object.add("code", "\(code.name)")
        object.add("text", sentence)
        return object
    }
}

extension HTTPResponse {
    /// A refusal of an operator's request, as the protocol's `error`.
    init(_ refusal: ControlRefusal) {
        var object = JSONText()
        object.add("type", "error")
        object.add("code", "\(refusal.code.name)")
        object.add("text", refusal.text)
        self = .json(refusal.code.status, Array(object.text.utf8))
    }
}

// Events of an event stream, as a page's EventSource sees them.

/// An event that the server has sent on an event stream (WHATWG HTML §9.2.6).
public struct ServerSentEvent: Hashable, Sendable {
    /// The event's name; `message` if it has none.
    public var name: String
    /// Its data, with line ends between the lines.
    public var data: String
    /// The last ID that came: what a browser sends as Last-Event-ID when it comes back.
    public var id: String

    /// An event to compare with.
    public init(_ data: String, name: String = "message", id: String = "") {
        self.data = data
        self.name = name
        self.id = id
    }
}

/// Takes the lines of an event stream apart.
struct EventReader {
    private var line: [UInt8] = []
    private var lastWasReturn = false
    private var data: [String] = []
    private var name = ""
    private var id = ""
    private var events: [ServerSentEvent] = []

    mutating func takeEvents(_ most: Int) -> [ServerSentEvent] {
        let taken = Array(events.prefix(most))
        events.removeFirst(taken.count)
        return taken
    }

    /// CR, LF and CRLF end a line.
    mutating func read(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            let isRestOfEnd = byte == 10 && lastWasReturn
            lastWasReturn = byte == 13
            if isRestOfEnd { continue }
            if byte == 13 || byte == 10 {
                take(String(decoding: line, as: UTF8.self))
                line = []
            } else {
                line.append(byte)
            }
        }
    }

    private mutating func take(_ line: String) {
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.hasPrefix(" ") { value.removeFirst() }
        switch line[..<colon] {
        case "data": data.append(String(value))
        case "event": name = String(value)
        case "id": id = String(value)
        default: return
        }
    }

    private mutating func dispatch() {
        defer { (data, name) = ([], "") }
        guard !data.isEmpty else { return }
        events.append(
            ServerSentEvent(
                data.joined(separator: "\n"), name: name.isEmpty ? "message" : name, id: id))
    }
}

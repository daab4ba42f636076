// Messages to send, with placeholders that differ from message to message.

/// A message with placeholders, ready to be filled in without searching.
struct MessageTemplate {
    /// A template that cannot work.
    struct Flaw: Error, CustomStringConvertible {
        let description: String
    }

    private enum Part: Equatable {
        case literal([UInt8])
        case payload, room, user, number
    }

    private let parts: [Part]

    /// A message with nothing around the payload.
    static let raw = "{payload}"
    /// A command to the chat of `roost serve`.
    static let chat = #"{"type":"message","room":"{room}","text":"{payload}"}"#

    /// - Parameters:
    ///   - text: any text; `{payload}`, `{room}`, `{user}` and `{n}` are replaced, other braces
    ///     stay.
    ///   - size: bytes of the payload, the stamp included.
    init(_ text: String, size: Int) throws(Flaw) {
        guard size >= Stamp.byteCount else {
            throw Flaw(
                description: "The payload carries a stamp of \(Stamp.byteCount) bytes: --size must "
                    + "be at least that.")
        }
        let parts = Self.parse(text)
        self.parts = parts
        needsNames = parts.contains(.room) || parts.contains(.user)
    }

    /// Whether the message can be recognised when it comes back.
    var hasPayload: Bool { parts.contains(.payload) }
    /// Whether the message is the payload with nothing around it.
    var isRaw: Bool { parts == [.payload] }
    /// Whether room or user are named in it.
    let needsNames: Bool

    private static func parse(_ text: String) -> [Part] {
        let names: [(String, Part)] = [
            ("{payload}", .payload), ("{room}", .room), ("{user}", .user), ("{n}", .number),
        ]
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            if let (name, part) = names.first(where: { rest.hasPrefix($0.0) }) {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = []
                parts.append(part)
                rest.removeFirst(name.count)
            } else {
                literal += Array(String(rest.removeFirst()).utf8)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// Replaces the contents of `bytes` by the message.
    func fill(
        _ bytes: inout [UInt8], _ stamp: Stamp, _ payload: Payload, room: [UInt8], user: [UInt8]
    ) {
        bytes.removeAll(keepingCapacity: true)
        for part in parts {
            switch part {
            case .literal(let literal): bytes += literal
            case .room: bytes += room
            case .user: bytes += user
            case .number: bytes += Array("\(stamp.sequence)".utf8)
            case .payload: payload.append(stamp, to: &bytes)
            }
        }
    }
}

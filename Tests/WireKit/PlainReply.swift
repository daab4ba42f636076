// RESP3 as its specification describes it, read plainly, to compare the scanner and its views with.
@testable import RedisClient

/// A value of RESP3 with its bytes copied.
package indirect enum PlainReply: Equatable, Sendable {
    /// A value that is one line: its type and what follows it.
    case line(UInt8, [UInt8])
    /// A value of a stated length; a verbatim string with its format and the colon.
    case body(UInt8, [UInt8])
    /// A null of RESP2: a bulk string or an array of the length -1.
    case null(UInt8)
    /// An aggregate; a map with keys and values in turn.
    case values(UInt8, [PlainReply])
    /// A value behind an attribute that is not empty.
    case attributed([PlainReply], PlainReply)

    /// The bytes that mean this value.
    package var wire: [UInt8] {
        switch self {
        case .line(let type, let content): [type] + content + Self.newline
        case .body(let type, let content):
            [type] + Array("\(content.count)".utf8) + Self.newline + content + Self.newline
        case .null(let type): [type] + Array("-1".utf8) + Self.newline
        case .values(let type, let values):
            [type] + Array("\(values.count / Self.perElement(type))".utf8) + Self.newline
                + values.flatMap(\.wire)
        case .attributed(let attribute, let value):
            PlainReply.values(UInt8(ascii: "|"), attribute).wire + value.wire
        }
    }

    static let newline = Array("\r\n".utf8)

    static func perElement(_ type: UInt8) -> Int {
        type == UInt8(ascii: "%") || type == UInt8(ascii: "|") ? 2 : 1
    }
}

// MARK: Views

extension PlainReply {
    /// What a view shows.
    package init(_ reply: borrowing RedisReply) {
        let attributes = Self.all(reply.attributes)
        let value = PlainReply(valueOf: reply)
        self = attributes.isEmpty ? value : .attributed(attributes, value)
    }

    private init(valueOf reply: borrowing RedisReply) {
        let bytes = Self.copy(reply.bytes)
        let type = reply.type.rawValue
        switch reply.type.form {
        case .line: self = .line(type, bytes)
        case _ where reply.isNull: self = .null(type)
        case .body where reply.type == .verbatimString:
            self = .body(type, Self.copy(reply.format) + [UInt8(ascii: ":")] + bytes)
        case .body: self = .body(type, bytes)
        case .elements: self = .values(type, Self.all(reply.values))
        }
    }

    private static func all(_ values: consuming RedisValues) -> [PlainReply] {
        var values = values
        var all: [PlainReply] = []
        while let value = values.next() { all.append(PlainReply(value)) }
        return all
    }

    private static func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }
}

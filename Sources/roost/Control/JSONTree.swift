// Reads any JSON (RFC 8259): the answers of a server, and the body of an operator's request.

/// A JSON value as a tree.
enum JSONTree: Equatable {
    case null
    case bool(Bool)
    /// The number as it was written.
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([Member])

    struct Member: Equatable {
        let name: String
        let value: JSONTree
    }

    /// Reads one value and nothing after it; nil if it is no JSON, or is nested more than 16 deep.
    init?(_ bytes: [UInt8]) {
        var reader = JSONTreeReader(bytes)
        guard let value = reader.whole() else { return nil }
        self = value
    }

    init?(_ text: String) { self.init(Array(text.utf8)) }

    /// The value of an object's member, the last one if there are several; nil if there is none.
    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The elements of an array; none for any other value.
    var elements: [JSONTree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text of a string.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The text of a string or a number.
    var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    var int: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    var isTrue: Bool { self == .bool(true) }

    /// The value as JSON.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSONText.quoted(text)
        case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
        case .object(let members):
            "{"
                + members.map { "\(JSONText.quoted($0.name)):\($0.value.text)" }
                .joined(separator: ",") + "}"
        }
    }
}

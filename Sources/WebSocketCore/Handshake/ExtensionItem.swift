// The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1): names, parameters, quoted values.

/// One list member of `Sec-WebSocket-Extensions`: an offer in a request, an acceptance in a
/// response.
public struct ExtensionItem: Equatable, Sendable {
    /// `name`, `name=value` or `name="value"` after the extension's name.
    public struct Parameter: Equatable, Sendable {
        /// A token, as it was sent.
        public var name: String
        /// A token, without any quotes around it; nil if there is no value.
        public var value: String?

        /// A parameter; both strings must be tokens.
        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// The extension's name: a token, as it was sent.
    public var name: String
    /// Its parameters, in the order received; a name may appear twice.
    public var parameters: [Parameter]

    /// A list member; the names must be tokens.
    public init(_ name: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// The list members of one field value. Nil if it is malformed: the connection must then be
    /// failed (RFC 6455 §9.1). Empty members are skipped (RFC 9110 §5.6.1.2).
    static func list(_ value: Span<UInt8>) -> [ExtensionItem]? {
        var items: [ExtensionItem] = []
        var cursor = TokenCursor(value)
        while true {
            cursor.skipWhitespace()
            if cursor.isAtEnd { return items }
            if cursor.take(UInt8(ascii: ",")) { continue }
            guard let item = item(&cursor) else { return nil }
            items.append(item)
            guard cursor.isAtEnd || cursor.take(UInt8(ascii: ",")) else { return nil }
        }
    }

    /// Reads a list member and the white space after it.
    private static func item(_ cursor: inout TokenCursor) -> ExtensionItem? {
        guard let name = cursor.token() else { return nil }
        var item = ExtensionItem(name)
        cursor.skipWhitespace()
        while cursor.take(UInt8(ascii: ";")) {
            cursor.skipWhitespace()
            guard let name = cursor.token() else { return nil }
            var parameter = Parameter(name)
            cursor.skipWhitespace()
            if cursor.take(UInt8(ascii: "=")) {
                cursor.skipWhitespace()
                let isQuoted = cursor.take(UInt8(ascii: "\""))
                guard let value = isQuoted ? cursor.restOfQuotedToken() : cursor.token() else {
                    return nil
                }
                parameter.value = value
                cursor.skipWhitespace()
            }
            item.parameters.append(parameter)
        }
        return item
    }
}

/// A position in a field value.
private struct TokenCursor: ~Escapable {
    private let bytes: Span<UInt8>
    private var index = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skipWhitespace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    /// Moves past `byte` if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Reads the next token; nil if there is none.
    mutating func token() -> String? {
        let start = index
        while index < bytes.count, HTTPGrammar.isToken(bytes[index]) { index += 1 }
        return index > start ? bytes.extracting(start..<index).text : nil
    }

    /// Reads the rest of a quoted string, after its opening quote. Nil if there is no closing
    /// quote, or if the content without its backslashes is not a token (RFC 6455 §9.1).
    mutating func restOfQuotedToken() -> String? {
        var value: [UInt8] = []
        while index < bytes.count {
            if take(UInt8(ascii: "\"")) {
                return value.isEmpty ? nil : value.span.text
            }
            _ = take(UInt8(ascii: "\\"))
            guard index < bytes.count, HTTPGrammar.isToken(bytes[index]) else { return nil }
            value.append(bytes[index])
            index += 1
        }
        return nil
    }
}

// The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1): names, parameters, quoted values.

/// One member of the list in `Sec-WebSocket-Extensions`: an offer in a request, an acceptance in a
/// response.
public struct ExtensionItem: Equatable, Sendable {
    /// `name`, `name=value` or `name="value"` behind the extension's name.
    public struct Parameter: Equatable, Sendable {
        /// A token, as it was sent.
        public var name: String
        /// A token too, without the quotes that it may have come in; nil if there is none.
        public var value: String?

        /// A parameter; both texts are tokens.
        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// The extension's name: a token, as it was sent.
    public var name: String
    /// Its parameters, in the order in which they came; a name may be there twice.
    public var parameters: [Parameter]

    /// A member of the list; the names are tokens.
    public init(_ name: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// The members of one field's value. Nil if it is malformed: its reader must then fail the
    /// connection (RFC 6455 §9.1). Empty members are passed over (RFC 9110 §5.6.1.2).
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

    /// A member, and the white space behind it.
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

/// A place in a field's value.
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

    /// The token that comes next; nil if none does.
    mutating func token() -> String? {
        let start = index
        while index < bytes.count, HTTPGrammar.isToken(bytes[index]) { index += 1 }
        return index > start ? bytes.extracting(start..<index).text : nil
    }

    /// What stands between the quote that was taken and the next one; nil if there is none, or if
    /// it isn't a token once its backslashes are resolved, which RFC 6455 §9.1 demands.
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

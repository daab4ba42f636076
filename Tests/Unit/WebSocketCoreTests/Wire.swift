// Text as on the wire, for the tables of the tests.

import Testing

/// A text that shows its control characters in test names.
struct Wire: ExpressibleByStringLiteral, Sendable, CustomTestStringConvertible {
    var text: String

    init(stringLiteral text: String) { self.text = text }

    var bytes: [UInt8] { Array(text.utf8) }
    var testDescription: String { text.debugDescription }
}

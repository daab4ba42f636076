// Text as it stands on the wire, for the tables of the tests.

import Testing

/// A text that shows its control characters when a test is named after it.
struct Wire: ExpressibleByStringLiteral, Sendable, CustomTestStringConvertible {
    var text: String

    init(stringLiteral text: String) { self.text = text }

    var bytes: [UInt8] { Array(text.utf8) }
    var testDescription: String { text.debugDescription }
}

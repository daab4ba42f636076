// Text of others for a person's eyes: what a terminal would obey is shown instead.

/// Makes text that came from elsewhere fit for a terminal, a log or an error.
///
/// A terminal obeys control characters (ECMA-48): an escape sequence can move the cursor, forge
/// lines, set the window's title or fill the keyboard's input. Embeddings, overrides and isolates
/// of bidirectional text (UAX #9) put words into another order than they have. All of these are
/// written as `<U+001B>`, the notation of less(1). Everything else stays as it is.
public enum TerminalText {
    /// The text in its lines: line feeds and tabs stay, and CRLF is a line feed.
    public static func lines(_ text: String) -> String { shown(text, keepsLineFeeds: true) }

    /// The text in one line: line feeds are shown too, so that nobody can forge a second line.
    public static func line(_ text: String) -> String { shown(text, keepsLineFeeds: false) }

    /// Whether a terminal would obey this character, apart from line feeds and tabs.
    public static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // C0, DEL and C1; the separators of lines and paragraphs.
        case 0x00..<0x09, 0x0B..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        // Embeddings, overrides and isolates. The marks U+200E and U+200F order nothing but
        // themselves, and right-to-left texts need them.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The character as `<U+001B>`, with at least four digits.
    public static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "<U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)>"
    }

    private static func shown(_ text: String, keepsLineFeeds: Bool) -> String {
        let needsNothing = !text.unicodeScalars.contains {
            isObeyed($0) || ($0 == "\n" && !keepsLineFeeds)
        }
        if needsNothing { return text }
        var shown = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            if isAfterReturn, !(scalar == "\n" && keepsLineFeeds) {
                shown.append(contentsOf: name("\r").unicodeScalars)
            }
            isAfterReturn = scalar == "\r"
            if isAfterReturn { continue }
            if isObeyed(scalar) || (scalar == "\n" && !keepsLineFeeds) {
                shown.append(contentsOf: name(scalar).unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        if isAfterReturn { shown.append(contentsOf: name("\r").unicodeScalars) }
        return String(shown)
    }
}

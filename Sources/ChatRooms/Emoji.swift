// What a reaction may be: one emoji.

extension Character {
    /// Whether it is shown as one emoji, also if it is made of several characters of Unicode, such
    /// as a flag, a family or a hand with a skin tone (UTS #51).
    var isEmoji: Bool {
        guard utf8.count <= 64, let first = unicodeScalars.first else { return false }
        if first.properties.isEmojiPresentation { return true }
        // Other characters, such as digits and ☺, are shown as text without this selector.
        return first.properties.isEmoji && unicodeScalars.contains("\u{FE0F}")
    }
}

extension JSONValue {
    /// Whether a string is one emoji.
    func isEmoji(in bytes: Span<UInt8>) -> Bool {
        let text = text(in: bytes)
        return text.count == 1 && text.first!.isEmoji
    }
}

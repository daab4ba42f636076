// Patterns of channel names, as Redis has them.

enum GlobPattern {
    /// Whether a name matches a pattern: `*`, `?`, `[abc]`, `[^a-c]`, and a backslash before a
    /// character that means itself.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (pattern, name) = (pattern, name)
        while let first = pattern.popFirst() {
            if first == UInt8(ascii: "*") {
                return (name.startIndex...name.endIndex).contains { matches(pattern, name[$0...]) }
            }
            guard let character = name.popFirst() else { return false }
            switch first {
            case UInt8(ascii: "?"): continue
            case UInt8(ascii: "["):
                guard isMember(character, of: &pattern) else { return false }
            case UInt8(ascii: "\\") where !pattern.isEmpty:
                guard pattern.removeFirst() == character else { return false }
            default:
                guard first == character else { return false }
            }
        }
        return name.isEmpty
    }

    /// Takes the rest of a set of characters, up to its bracket.
    private static func isMember(_ character: UInt8, of pattern: inout ArraySlice<UInt8>) -> Bool {
        let isInverted = pattern.first == UInt8(ascii: "^")
        if isInverted { pattern.removeFirst() }
        var isFound = false
        while var first = pattern.popFirst(), first != UInt8(ascii: "]") {
            if first == UInt8(ascii: "\\"), let escaped = pattern.popFirst() { first = escaped }
            var last = first
            if pattern.count > 1, pattern.first == UInt8(ascii: "-") {
                last = pattern[pattern.startIndex + 1]
                pattern.removeFirst(2)
            }
            if (min(first, last)...max(first, last)).contains(character) { isFound = true }
        }
        return isFound != isInverted
    }
}

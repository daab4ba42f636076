// Patterns of channel names, as Redis has them.

enum GlobPattern {
    /// Whether a name matches a pattern: `*`, `?`, `[abc]`, `[^a-c]`, and a backslash before a
    /// character that means itself.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        var (pattern, name) = (Array(pattern.utf8)[...], Array(name.utf8)[...])
        // The last star: what follows it is tried at each later place of the name. An earlier star
        // need not be tried again.
        var star: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while let character = name.first {
            var rest = pattern
            if rest.first == UInt8(ascii: "*") {
                pattern = rest.dropFirst()
                star = (pattern, name)
            } else if matches(character, &rest) {
                pattern = rest
                name.removeFirst()
            } else if let last = star {
                pattern = last.pattern
                name = last.name.dropFirst()
                star = (pattern, name)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Takes the part of the pattern that one character must match, and says whether it does.
    private static func matches(_ character: UInt8, _ pattern: inout ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.popFirst() else { return false }
        switch first {
        case UInt8(ascii: "?"): return true
        case UInt8(ascii: "["): return isMember(character, of: &pattern)
        case UInt8(ascii: "\\") where !pattern.isEmpty: return pattern.removeFirst() == character
        default: return first == character
        }
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

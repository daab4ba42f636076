// A file's text, taken apart into what is code and what is written for people.

/// How a file marks what is written for people.
enum Language: Sendable {
    case swift
    /// C, JavaScript and CSS, whose strings are as often data as words.
    case c
    case markdown
    /// Python, shell, units and settings: all of it counts as prose.
    case other

    init(_ path: String, _ text: String) {
        switch path.split(separator: ".").last.map(String.init) {
        case "swift": self = .swift
        case "c", "h", "js", "css": self = .c
        case "md": self = .markdown
        default: self = .other
        }
    }
}

/// Two texts as long as the file, in bytes and in lines: what is not code, or not prose, is blank.
/// Prose is comments, string literals and the titles of tests, without the comments' marks.
struct SplitText: Sendable {
    private(set) var code: String
    private(set) var prose: String

    init(_ text: String, _ language: Language) {
        switch language {
        case .other: (code, prose) = (text, text)
        case .markdown: (code, prose) = ("", Self.withoutExamples(text))
        case .swift, .c:
            var scanner = Scanner(Array(text.utf8), isSwift: language == .swift)
            scanner.run()
            code = String(decoding: scanner.code, as: UTF8.self)
            prose = String(decoding: scanner.prose, as: UTF8.self)
        }
    }

    /// Markdown without its blocks of code.
    private static func withoutExamples(_ text: String) -> String {
        var isExample = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isFence = line.drop { $0 == " " }.hasPrefix("```")
            if isFence { isExample.toggle() }
            return isFence || isExample ? "" : String(line)
        }
        return lines.joined(separator: "\n")
    }
}

private struct Scanner {
    /// A string literal that is open, and how deep in the parentheses of an interpolation we are.
    private struct Literal {
        let isLong: Bool
        let poundCount: Int
        var depth = 0
    }

    private let bytes: [UInt8]
    private let isSwift: Bool
    private(set) var code: [UInt8]
    private(set) var prose: [UInt8]
    private var index = 0
    private var open: [Literal] = []

    init(_ bytes: [UInt8], isSwift: Bool) {
        self.bytes = bytes
        self.isSwift = isSwift
        let blank = bytes.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        (code, prose) = (blank, blank)
    }

    private func starts(_ text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where bytes[place + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    mutating func run() {
        while index < bytes.count {
            if let literal = open.last, literal.depth == 0 {
                scanWords(literal)
            } else if starts("//", at: index) {
                scanComment(until: "\n", marks: "/")
            } else if starts("/*", at: index) {
                scanComment(until: "*/", marks: "*/")
            } else if !isSwift && starts("'\"'", at: index) {
                index += 3
            } else if isSwift && bytes[index] == UInt8(ascii: "`") {
                scanTitle()
            } else if let literal = literalStart() {
                open.append(literal)
            } else {
                scanCode()
            }
        }
    }

    private mutating func scanCode() {
        if !open.isEmpty {
            if bytes[index] == UInt8(ascii: "(") { open[open.count - 1].depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { open[open.count - 1].depth -= 1 }
        }
        if open.last?.depth != 0 { code[index] = bytes[index] }
        index += 1
    }

    private mutating func scanComment(until end: StaticString, marks: StaticString) {
        while index < bytes.count, !starts(end, at: index) {
            let isMark =
                bytes[index] == UInt8(ascii: "/") || bytes[index] == UInt8(ascii: "*")
            if !isMark || prose[max(0, index - 1)] > UInt8(ascii: " ") {
                prose[index] = bytes[index]
            }
            index += 1
        }
        if end.utf8CodeUnitCount == 2 { index += 2 }
    }

    /// A name in backticks: with spaces in it, a test's title.
    private mutating func scanTitle() {
        var end = index + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "`"), bytes[end] != UInt8(ascii: "\n") {
            end += 1
        }
        let isTitle = bytes[index..<end].contains(UInt8(ascii: " "))
        for place in index + 1..<min(end, bytes.count) {
            if isTitle { prose[place] = bytes[place] } else { code[place] = bytes[place] }
        }
        index = end + 1
    }

    /// Steps over the marks that a literal begins with, if one begins here.
    private mutating func literalStart() -> Literal? {
        var quote = index
        while isSwift, quote < bytes.count, bytes[quote] == UInt8(ascii: "#") { quote += 1 }
        guard quote < bytes.count, bytes[quote] == UInt8(ascii: "\"") else { return nil }
        let isLong = isSwift && starts("\"\"\"", at: quote)
        defer { index = quote + (isLong ? 3 : 1) }
        return Literal(isLong: isLong, poundCount: quote - index)
    }

    private mutating func scanWords(_ literal: Literal) {
        let byte = bytes[index]
        let isEnd =
            literal.isLong
            ? starts("\"\"\"", at: index) : byte == UInt8(ascii: "\"")
        if isEnd && pounds(after: literal.isLong ? 3 : 1) >= literal.poundCount {
            index += (literal.isLong ? 3 : 1) + literal.poundCount
            open.removeLast()
        } else if !literal.isLong && byte == UInt8(ascii: "\n") {
            open.removeLast()  // It was none: a quotation mark in a regular expression.
        } else if byte == UInt8(ascii: "\\") && pounds(after: 1) >= literal.poundCount {
            let next = index + 1 + literal.poundCount
            index = next + 1
            if isSwift && next < bytes.count && bytes[next] == UInt8(ascii: "(") {
                open[open.count - 1].depth = 1
            }
        } else {
            prose[index] = byte
            index += 1
        }
    }

    private func pounds(after count: Int) -> Int {
        var place = index + count
        while place < bytes.count, bytes[place] == UInt8(ascii: "#") { place += 1 }
        return place - index - count
    }
}

// Lines that are too long to stand beside another file.

enum WidthCheck {
    static let limit = 100

    /// `allowed` says how many too long lines a file may have; a file that is not in it may have
    /// none.
    static func run(_ files: [SourceFile], allowed: [String: Int]) -> Outcome {
        var outcome = Outcome()
        for file in files where isChecked(file) {
            let found = longLines(file)
            outcome =
                outcome
                + ratchet(
                    file.path + " has too long lines", found, allowed: allowed[file.path] ?? 0,
                    table: "WidthTable.swift")
        }
        return outcome
    }

    /// Also scripts, whose names do not say what they are in.
    private static func isChecked(_ file: SourceFile) -> Bool {
        WidthTable.extensions.contains(where: file.path.hasSuffix) || file.text.hasPrefix("#!")
    }

    private static func longLines(_ file: SourceFile) -> [Finding] {
        let isMarkdown = file.path.hasSuffix(".md")
        let code = file.split.code.split(separator: "\n", omittingEmptySubsequences: false)
        var isExample = false
        var found: [Finding] = []
        for (index, line) in file.lines.enumerated() {
            if isMarkdown && line.drop(while: { $0 == " " }).hasPrefix("```") { isExample.toggle() }
            guard line.count > limit, !isExcepted(line, isMarkdown: isMarkdown, isExample),
                !(file.path.hasSuffix(".swift") && isText(line, code: code[index]))
            else { continue }
            found.append(
                Finding(
                    path: file.path, line: index + 1,
                    flaw: "The line has \(line.count) characters, and \(limit) is the limit",
                    remedy: "Break it, or let `make format` do so"))
        }
        return found
    }

    /// `swift format` does not break texts: what is too long is a string literal, not a comment.
    private static func isText(_ line: Substring, code: Substring) -> Bool {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        return !isComment && code.filter { $0 != " " }.count < limit / 2
    }

    /// Tables cannot be broken, nor can addresses, nor what a program has printed.
    private static func isExcepted(
        _ line: Substring, isMarkdown: Bool, _ isExample: Bool
    ) -> Bool {
        if isMarkdown && (isExample || line.hasPrefix("|")) { return true }
        // A table may also stand in a comment.
        if line.drop(while: { $0 == " " || $0 == "/" }).hasPrefix("| ") { return true }
        // All that stands in front of the last word fits: the word itself is too long.
        let words = line.split(separator: " ")
        return words.last.map { $0.contains("://") || $0.contains("](") } == true
            && words.dropLast().joined(separator: " ").count <= limit
    }
}

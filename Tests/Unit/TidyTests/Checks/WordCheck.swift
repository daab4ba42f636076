// Words that are hard to read, and names that are no longer used.

enum WordCheck {
    static func run(_ files: [SourceFile], _ rules: [WordRule]) -> Outcome {
        let read = files.filter { file in
            !WordTable.unread.contains { file.path == $0 || file.isBelow($0) }
        }
        var outcome = Outcome()
        for rule in rules {
            let found = read.filter { !rule.exceptions.contains(where: $0.path.hasPrefix) }
                .flatMap { findings(of: rule, in: $0) }
            let name = "\"\(rule.name)\""
            outcome =
                outcome
                + ratchet(name, found, allowed: rule.remaining, table: "WordTable.swift")
        }
        return outcome
    }

    private static func findings(of rule: WordRule, in file: SourceFile) -> [Finding] {
        let text = rule.scope == .prose ? file.split.prose : file.text
        return Pattern(rule.pattern).matches(in: text).map { match in
            let words = match.groups[0].split { $0.isWhitespace }.joined(separator: " ")
            return Finding(
                path: file.path, line: match.line,
                flaw: "\"\(words)\" (\(rule.name); \(rule.remaining) may remain)",
                remedy: rule.instead)
        }
    }
}

// Every Swift file begins with a sentence that says what it is for.

enum OpeningCheck {
    static func run(_ files: [SourceFile]) -> Outcome {
        var outcome = Outcome()
        for file in files where file.path.hasSuffix(".swift") {
            let opening = file.lines.prefix { $0.hasPrefix("//") }.joined(separator: " ")
            let words = opening.split(separator: " ").filter { $0.first?.isLetter == true }
            if opening.hasPrefix("// ") && words.count >= 3 { continue }
            outcome.findings.append(
                Finding(
                    path: file.path, flaw: "The file does not say what it is for",
                    remedy: "Begin it with a sentence: // What this is for."))
        }
        return outcome
    }
}

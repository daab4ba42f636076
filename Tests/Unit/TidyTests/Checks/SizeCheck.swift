// Files that hold more than one idea, by their length.

enum SizeCheck {
    static let limit = 300
    private static let endings = [".swift", ".c", ".h", ".py", ".sh"]

    static func run(_ files: [SourceFile], exceptions: [SizeException]) -> Outcome {
        var outcome = Outcome()
        for file in files
        where endings.contains(where: file.path.hasSuffix) || file.text.hasPrefix("#!") {
            let exception = exceptions.first { $0.path == file.path }
            let count = file.lines.count
            let allowed = exception?.lineCount ?? limit
            if count > allowed {
                outcome.findings.append(
                    Finding(
                        path: file.path, flaw: "\(count) lines, and \(allowed) are allowed",
                        remedy: "Move what is an idea of its own into a file of its own"))
            } else if let exception, count <= limit || count < exception.lineCount - 20 {
                outcome.hints.append(
                    "\(file.path): \(count) lines, no longer \(exception.lineCount). "
                        + "Lower it in SizeTable.swift")
            }
        }
        for exception in exceptions where !files.contains(where: { $0.path == exception.path }) {
            outcome.hints.append("\(exception.path) is gone. Take it out of SizeTable.swift")
        }
        return outcome
    }
}

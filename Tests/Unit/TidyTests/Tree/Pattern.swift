// Regular expressions over whole files, fast also in a debug build.
import Foundation

/// A regular expression that finds the lines of its matches.
struct Pattern {
    private let expression: NSRegularExpression

    init(_ pattern: String) {
        do {
            expression = try NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
        } catch {
            preconditionFailure("\(pattern) is no regular expression: \(error)")
        }
    }

    /// Line, counted from 1, and the text of each group (the whole match first).
    func matches(in text: String) -> [(line: Int, groups: [String])] {
        let whole = text as NSString
        var line = 1
        var counted = 0
        let range = NSRange(location: 0, length: whole.length)
        return expression.matches(in: text, range: range).map { match in
            let skipped = NSRange(location: counted, length: match.range.location - counted)
            line += whole.substring(with: skipped).utf8.count { $0 == UInt8(ascii: "\n") }
            counted = match.range.location
            let groups = (0..<match.numberOfRanges).map { group in
                let range = match.range(at: group)
                return range.location == NSNotFound ? "" : whole.substring(with: range)
            }
            return (line, groups)
        }
    }
}

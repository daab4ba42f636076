// The file of secrets by which programs may publish over the network.
import ArgumentParser

/// The tokens of `--publish-token-file`: one a line; empty lines and those that begin with # are
/// not.
enum PublishTokens {
    /// Shorter ones could be guessed.
    static let leastCharacterCount = 16

    /// Reads the file. Throws a sentence for the person at the terminal.
    static func read(_ path: String) throws -> [String] {
        try parse(TextFile.read(path), path)
    }

    static func parse(_ text: String, _ path: String) throws -> [String] {
        var tokens: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let token = line.trimmed
            guard !token.isEmpty, token.first != "#" else { continue }
            guard token.count >= leastCharacterCount, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
            else {
                throw ValidationError(
                    """
                    \(path), line \(index + 1): a publish token has at least \
                    \(leastCharacterCount) visible ASCII characters. Make one with: \
                    openssl rand -base64 24
                    """)
            }
            tokens.append(String(token))
        }
        guard !tokens.isEmpty else {
            throw ValidationError(
                "\(path) has no publish token. Make one with: openssl rand -base64 24 > \(path)")
        }
        return tokens
    }
}

extension Substring {
    /// Without white space at its ends.
    var trimmed: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

// The file of secrets with which programs may publish over the network.
import ArgumentParser
import CommandLineOptions

/// The tokens of `--publish-token-file`, one on a line. Empty lines and comments (#) are skipped.
enum PublishTokens {
    /// Shorter tokens could be guessed.
    static let leastCharacterCount = 16

    /// Reads the file. Throws an error with a sentence for the person at the terminal.
    static func read(_ path: String) throws -> [String] {
        try parse(TextFile.bytes(path), path)
    }

    static func parse(_ bytes: [UInt8], _ path: String) throws -> [String] {
        var tokens: [String] = []
        for line in try TextLines(bytes, path: path).lines {
            let token = line.text.trimmed
            guard let first = token.unicodeScalars.first, first != "#" else { continue }
            guard token.utf8.count >= leastCharacterCount,
                token.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
            else {
                throw ValidationError(
                    """
                    \(path), line \(line.number): a publish token has at least \
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

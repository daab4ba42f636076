// The file of secrets with which programs may publish over the network.
import ArgumentParser
import CommandLineOptions

/// The tokens of `--publish-token-file`, one on a line. Empty lines and comments (#) are skipped.
enum PublishTokens {
    /// Shorter tokens could be guessed.
    static let leastCharacterCount = 16

    /// Reads the file. Throws an error with a sentence for the person at the terminal.
    static func read(_ path: String) throws -> [String] {
        let bytes = try TextFile.bytes(path)
        try check(permissions: TextFile.permissions(path), path)
        return try parse(bytes, path)
    }

    /// Throws if every user of the machine may read or write the secrets. The group may read them:
    /// that is how a server that is not root gets at a file of root's.
    static func check(permissions: UInt32, _ path: String) throws {
        guard permissions & 0o007 != 0 else { return }
        throw ValidationError(
            """
            \(path) is open to every user of this machine, and the publish tokens in it are secret. \
            Run: chmod o= \(path), and make new tokens if others may have seen them.
            """)
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
                "\(path) has no publish token. Make one with: (umask 077; openssl rand -base64 24 > \(path))"
            )
        }
        return tokens
    }
}

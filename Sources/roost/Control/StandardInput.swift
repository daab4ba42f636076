// UNSAFE: read(2) into an array, within its count.
//
// Standard input as a text to publish.
import CommandLineOptions
import Glibc

/// What a pipe or a file gives `roost publish`.
enum StandardInput {
    /// Reads it to its end. Throws if it is longer than `byteLimit`, or cannot be read.
    static func text(byteLimit: Int) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw ControlError(sentence: "Standard input cannot be read.")
            }
            bytes += buffer[..<count]
            guard bytes.count <= byteLimit else {
                throw ControlError(
                    sentence: "Standard input is longer than any message: \(byteLimit) bytes.")
            }
        }
        return try text(bytes)
    }

    /// The text without the line ends of other systems, a byte order mark, and the empty lines at
    /// its end.
    static func text(_ bytes: [UInt8]) throws -> String {
        var lines = try TextLines(bytes, path: "Standard input").lines.map(\.text)
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}

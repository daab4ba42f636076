// UNSAFE: popen(3) and fgets(3) fill a local buffer.
//
// Runs systemctl(1) and journalctl(1).
import Glibc

/// The programs of systemd, found in PATH.
enum Systemctl {
    /// Runs a program with arguments. Returns its output, both streams, and whether its exit status
    /// was 0.
    static func run(_ words: [String]) -> (output: String, isSuccess: Bool) {
        // Each word in quotes: a unit's name may have a backslash.
        let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
        guard let pipe = unsafe popen(quoted.joined(separator: " ") + " 2>&1", "re") else {
            return ("", false)
        }
        var text = ""
        var buffer = [CChar](repeating: 0, count: 4096)
        while unsafe fgets(&buffer, Int32(buffer.count), pipe) != nil {
            text += String(
                decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return (text, unsafe pclose(pipe) == 0)
    }
}

// What a server says in its log about programs that take over.
import Foundation
import SystemdSupport

/// Reads the lines that have come since it was made.
final class UpgradeLog {
    enum Entry: Equatable {
        /// The new program serves: how long nobody was served, by the server's own clock.
        case takenOver(microseconds: Double)
        /// The old program serves on, and why.
        case failed(String)

        init?(_ line: Substring) {
            if line.contains("event=taken-over"), let field = line.range(of: "pause-us=") {
                let digits = line[field.upperBound...].prefix(while: \.isNumber)
                guard let number = Double(digits) else { return nil }
                self = .takenOver(microseconds: number)
            } else if line.contains("event=reexec-failed") {
                let reason = line.range(of: "does not take over. ").map { line[$0.upperBound...] }
                self = .failed(TerminalText.line(String((reason ?? line).prefix(300))))
            } else {
                return nil
            }
        }
    }

    private let file: FileHandle
    private var unread = Data()

    init(_ path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ServerProcess.Failure(description: "\(path) cannot be read.")
        }
        self.file = file
        try file.seekToEnd()
    }

    /// The next entry; nil if none has come yet.
    func next() -> Entry? {
        unread += (try? file.readToEnd()) ?? Data()
        while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: unread[..<end], as: UTF8.self)
            unread.removeSubrange(...end)
            if let entry = Entry(line[...]) { return entry }
        }
        return nil
    }
}

// A journald without a boot: journalctl shows what the server sends.
import Foundation
import TestSupport
import Testing

@Suite struct JournalTests {
    private static let script =
        BuildProducts.packageRoot.appendingPathComponent("Tests/Support/boot/journal").path

    private static let missing: String? = {
        guard let reason = try? output([script, "--check"]).text else { return "no shell" }
        let text = reason.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }()

    private static func output(_ command: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(.enabled(if: missing == nil, "No journal: \(missing ?? "")"), .timeLimit(.minutes(2)))
    func `Log records are in the journal with their fields`() throws {
        let result = try Self.output([Self.script, BuildProducts.path("roost")])
        #expect(result.status == 0, "\(result.text)")
        let records = try result.text.split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
        func record(_ event: String) throws -> [String: Any] {
            try #require(records.first { $0["ROOST_EVENT"] as? String == event }, "\(event)")
        }
        #expect(try record("started")["PRIORITY"] as? String == "5")
        #expect(try record("connection-opened")["PRIORITY"] as? String == "7")
        let end = try record("ended-by-peer")
        #expect(end["ROOST_USER"] as? String == "ann")
        #expect(end["ROOST_ROOM"] as? String == "lobby")
        #expect(end["ROOST_PEER"] as? String == "127.0.0.1")
        #expect(end["ROOST_CLOSE_CODE"] as? String == "1000")
        #expect(end["ROOST_CAUSE"] as? String == "peer_closed")
        #expect(end["SYSLOG_IDENTIFIER"] as? String == "roost")
        #expect((end["MESSAGE_ID"] as? String)?.count == 32)
        #expect(try record("stopped")["_TRANSPORT"] as? String == "journal")
    }
}

// The counts at the end of `make test`: what they say of runs that passed, failed, crashed.
import Foundation
import Testing

@Suite struct SummaryTests {
    /// One line of an event stream, as Swift Testing writes it.
    private static func event(_ kind: String, _ test: String, _ text: String = "") -> String {
        let messages = text.isEmpty ? "" : #"{"symbol":"fail","text":"\#(text)"}"#
        return #"{"kind":"event","payload":{"instant":{"absolute":1.5},"kind":"\#(kind)","#
            + #""messages":[\#(messages)],"testID":"\#(test)"}}"#
    }

    private static func test(_ id: String, folder: String = "Unit") -> String {
        #"{"kind":"test","payload":{"id":"\#(id)","kind":"function","name":"\#(id)","#
            + #""sourceLocation":{"_filePath":"/x/Tests/\#(folder)/A.swift"}}}"#
    }

    private static func passed(_ id: String) -> [String] {
        [
            test(id), event("testStarted", id), event("testCaseStarted", id),
            event("testCaseEnded", id), event("testEnded", id),
        ]
    }

    private static let end = event("runEnded", "")

    private func summary(
        _ streams: [[String]?], status: Int = 0, gates: Int = 0
    ) throws -> (status: Int32, lines: [String]) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("summary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try streams.enumerated().map { index, lines in
            let file = folder.appendingPathComponent("\(index).jsonl")
            try lines.map { try Data($0.joined(separator: "\n").utf8).write(to: file) }
            return file.path
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = Tree.root
        process.arguments = ["scripts/test-summary", "\(status)", "\(gates)"] + files
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    @Test func `All runs are added up`() throws {
        let (status, lines) = try summary([
            Self.passed("A.a") + Self.passed("A.b") + [Self.end], Self.passed("B.c") + [Self.end],
        ])
        #expect(status == 0 && lines.last == "3 passed, 0 failed, 0 skipped")
    }

    @Test func `A failure is told with its words, and a skipped test with its reason`() throws {
        let failing = [
            Self.test("A.f"), Self.event("testStarted", "A.f"),
            Self.event("issueRecorded", "A.f", "two is not three"), Self.event("testEnded", "A.f"),
            Self.test("A.s"), Self.event("testSkipped", "A.s", "Test A.s skipped: no chromium"),
        ]
        let (status, lines) = try summary([Self.passed("A.a") + failing + [Self.end]], status: 1)
        #expect(status == 1 && lines.last == "1 passed, 1 failed, 1 skipped")
        #expect(lines.contains { $0.contains("two is not three") })
        #expect(lines.contains { $0.contains("no chromium") })
    }

    @Test func `A run that crashed or hung is never green`() throws {
        let begun = [Self.test("A.x"), Self.event("testStarted", "A.x")]
        // It broke off within a line.
        let broken = Self.passed("A.a") + begun + [#"{"kind":"event","payl"#]
        #expect(try summary([broken], status: 1).lines.last == "1 passed, 1 failed, 0 skipped")
        // Between two tests; without any event or file; with a status that nothing explains.
        for (streams, status) in [
            ([Self.passed("A.a")], 0), ([[]], 1), ([nil], 0), ([[Self.end]], 0),
            ([Self.passed("A.a") + [Self.end]], 9),
        ] as [([[String]?], Int)] {
            let (result, lines) = try summary(streams, status: status)
            #expect(result == 1 && lines.last?.contains(" 1 failed") == true, "\(lines)")
        }
    }

    @Test func `A gate that failed counts`() throws {
        let (status, lines) = try summary([Self.passed("A.a") + [Self.end]], gates: 2)
        #expect(status == 1 && lines.last == "1 passed, 2 failed, 0 skipped")
    }

    @Test func `Words that look like results are not counted`() throws {
        let prose = #"✔ Test "x" passed after 1 seconds."#
        let (_, lines) = try summary([Self.passed("A.a") + [prose, Self.end]])
        #expect(lines.last == "1 passed, 0 failed, 0 skipped")
    }
}

// `roost history` as an operator types it.
import Foundation
import TestSupport
import Testing

@Suite struct HistoryCommandTests {
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(at: url) }
        func path(_ name: String) -> String { url.appendingPathComponent(name).path }
    }

    private static func line(_ room: String, _ offset: Int, _ text: String) -> String {
        """
        {"type":"message","room":"\(room)","offset":\(offset),"epoch":"1a2b","user":"ann",\
        "text":"\(text)","at":"2026-11-29T08:00:00.000Z","id":"id-\(offset)"}

        """
    }

    private let lines =
        (1...3).map { line("lobby", $0, "Hello \($0)") }.joined()
        + (7...9).map { line("café", $0, #"say \"\#($0)\""#) }.joined()

    private func history(
        _ arguments: String..., database: String, input: String? = nil
    ) throws -> (status: Int32, output: String, errors: String) {
        let command = [BuildProducts.path("roost"), "history"] + arguments
        return try Run(command + ["--database", database], input: input).end()
    }

    @Test func `Messages go out and come back`() throws {
        let folder = try Folder()
        let database = folder.path("roost.db")
        let imported = try history("import", database: database, input: lines)
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(imported.output == "6 messages were imported.\n")
        #expect(try history("export", database: database).output == lines)
        let file = folder.path("messages.jsonl")
        let exported = try history("export", file, database: database)
        #expect(exported.output == "6 messages are in \(file).\n")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == lines)
        // A file is not overwritten, and what is known already may come again.
        #expect(try history("export", file, database: database).status == 1)
        let again = try history("import", file, database: database)
        #expect(again.output == "0 messages were imported, 6 were there already.\n")
    }

    @Test func `A line that does not fit is named, and nothing is imported`() throws {
        let folder = try Folder()
        let database = folder.path("roost.db")
        let gap = lines + Self.line("lobby", 5, "too far")
        let refused = try history("import", database: database, input: gap)
        #expect(refused.status == 1 && refused.errors.contains("Line 7 leaves a gap"))
        #expect(try history("export", database: database).output == "")
    }

    @Test func `A backup is checked, and put in the place of what was there`() throws {
        let folder = try Folder()
        let (database, backup) = (folder.path("roost.db"), folder.path("backup.db"))
        #expect(try history("import", database: database, input: lines).status == 0)
        #expect(try history("backup", backup, database: database).status == 0)
        let more = Self.line("lobby", 4, "later")
        #expect(try history("import", database: database, input: more).status == 0)

        let restored = try history("restore", backup, database: database)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.contains("is kept: \(database).before-"))
        #expect(try history("export", database: database).output == lines)
        let check = try history("check", database: database)
        #expect(check.status == 0 && check.output == "The database \(database) is sound.\n")
        let aside = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
                .first { $0.contains(".before-") })
        let kept = try history("export", database: folder.path(aside)).output
        #expect(kept == lines + more)
    }

    @Test func `Damage has the status 1 and a sentence`() throws {
        let folder = try Folder()
        let database = folder.path("roost.db")
        #expect(try history("import", database: database, input: lines).status == 0)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: database))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        try file.close()
        for arguments in [["check"], ["check", "--quick"]] {
            let command = [BuildProducts.path("roost"), "history"] + arguments
            let check = try Run(command + ["--database", database]).end()
            #expect(check.status == 1 && check.errors.contains("damaged"), "\(check)")
        }
    }

    @Test func `A database that is not there is named`() throws {
        let folder = try Folder()
        let run = try Run(
            [BuildProducts.path("roost"), "history", "export"],
            environment: ["STATE_DIRECTORY": folder.url.path]
        ).end()
        #expect(run.status == 1 && run.errors.contains(folder.path("roost.db")))
    }
}

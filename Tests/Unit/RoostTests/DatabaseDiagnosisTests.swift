// What the doctor says of a database: tables over facts, and what a server has said.
import ChatDatabase
import Foundation
import Glibc
import Testing

@testable import roost

@Suite struct DatabaseDiagnosisTests {
    private static let path = "/var/lib/roost/roost.db"
    /// No machine has users with these numbers.
    private static let (server, other) = (4_000_000_001 as UInt32, 4_000_000_002 as UInt32)

    private static func file(_ suffix: String, owner: UInt32 = server) -> DatabaseFacts.Entry {
        DatabaseFacts.Entry(path: path + suffix, owner: owner, mode: 0o600, byteCount: 1 << 20)
    }

    /// A database as it should be.
    private static let sound = DatabaseFacts(
        path: path,
        folder: DatabaseFacts.Entry(
            path: "/var/lib/roost", owner: server, mode: 0o700, isRegular: false),
        files: [file(""), file("-wal"), file(".lock")], server: server, freeByteCount: 100 << 30,
        fileSystemByteCount: 200 << 30)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// What one of the problems contains; nil if there shall be none.
        let sentence: String?
        var limit: Int?
        let change: @Sendable (inout DatabaseFacts) -> Void
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "all is well", sentence: nil, change: { _ in }),
        Case(
            name: "root has restored it by hand",
            sentence: "\(path) belongs to root, and the server runs as \(server), which cannot "
                + "write it: chown \(server) \(path) \(path)-wal",
            change: {
                $0.files[0].owner = 0
                $0.files[1].owner = 0
            }),
        Case(
            name: "the server does not run: its folder says who it is",
            sentence: "belongs to \(other), and the server runs as \(server)",
            change: {
                $0.server = nil
                $0.files[0].owner = other
            }),
        Case(
            name: "the lock file alone", sentence: "chown \(server) \(path).lock",
            change: { $0.files[2].owner = 0 }),
        Case(
            name: "the folder",
            sentence: "/var/lib/roost belongs to root, and the server runs as \(server), which "
                + "cannot write it: chown \(server) /var/lib/roost",
            change: { $0.folder?.owner = 0 }),
        Case(
            name: "a group may write it", sentence: nil,
            change: {
                $0.folder?.owner = 0
                $0.folder?.mode = 0o770
            }),
        Case(
            name: "the server is root's", sentence: nil,
            change: {
                $0.server = 0
                $0.files[0].owner = other
            }),
        Case(
            name: "read-only for its owner", sentence: "chmod u+w \(path)",
            change: { $0.files[0].mode = 0o400 }),
        Case(
            name: "no files in the folder", sentence: "chmod u+rwx /var/lib/roost",
            change: { $0.folder?.mode = 0o500 }),
        Case(
            name: "read-only mount", sentence: "findmnt -T \(path)",
            change: { $0.isFileSystemReadOnly = true }),
        Case(
            name: "a folder in its place", sentence: "or this is no file",
            change: { $0.files[0].isRegular = false }),
        Case(
            name: "newer", sentence: "written by a newer version of roost (schema 9",
            change: { $0.problem = DatabaseError(.newer(version: 9), path) }),
        Case(
            name: "no space up to the limit",
            sentence: "has 500 MB free, and the database may take 1.0 GB more, up to the 1.0 GB of "
                + "history-size", limit: 1 << 30,
            change: { $0.freeByteCount = 500 << 20 }),
        Case(
            name: "space for the rest up to the limit", sentence: nil, limit: 1 << 30,
            change: {
                $0.files[0].byteCount = 600 << 20
                $0.freeByteCount = 500 << 20
            }),
        Case(
            name: "the default limit: a tenth of a small file system",
            sentence: "up to the 410 MB of history-size",
            change: {
                $0.fileSystemByteCount = 4 << 30
                $0.freeByteCount = 300 << 20
            }),
        Case(
            name: "nothing is there yet", sentence: nil,
            change: {
                $0.files = []
                $0.freeByteCount = 1 << 20
            }),
    ]

    @Test(arguments: cases)
    func `What is wrong has a sentence, and a line to mend it`(_ example: Case) {
        var facts = Self.sound
        example.change(&facts)
        let problems = DatabaseDiagnosis(facts, byteLimit: example.limit).problems
        guard let sentence = example.sentence else {
            #expect(problems == [])
            return
        }
        #expect(problems.count == 1 && problems[0].contains(sentence), "\(problems)")
    }

    @Test(arguments: [
        ("/srv/a-b_c.db", "/srv/a-b_c.db"), ("/srv/a b", "'/srv/a b'"), ("a'b", #"'a'\''b'"#),
        ("$HOME", "'$HOME'"), ("a,b", "'a,b'"), ("é", "'é'"),
    ])
    func `A path in a line for the shell`(path: String, quoted: String) {
        #expect(DatabaseDiagnosis.quoted(path) == quoted)
    }

    /// Of a database that no server speaks of.
    @Test(
        arguments: [
            ("sound", true, Finding.State.good, "is there: 1.0 MB"),
            ("none", true, .good, "the server makes the database \(path) when it starts"),
            ("no folder", true, .good, "the server makes the database \(path) when it starts"),
            ("no folder", false, .mend, "its folder does not exist"),
            ("hidden", true, .unknown, "only root and the server may look"),
            ("foreign", true, .mend, "but not one of roost"),
        ] as [(String, Bool, Finding.State, String)])
    func `What files show`(what: String, isUsual: Bool, state: Finding.State, words: String) {
        var facts = Self.sound
        switch what {
        case "none": facts.files = []
        case "no folder":
            facts.files = []
            facts.folder = nil
        case "hidden": facts.isHidden = true
        case "foreign": facts.problem = DatabaseError(.foreign, Self.path)
        default: break
        }
        let found = DatabaseHealth.findings(facts, isUsual: isUsual, limit: nil)
        #expect(found.count == 1 && found[0].state == state, "\(found)")
        #expect(found[0].text.contains(words), "\(found)")
    }

    @Test func `What a server says of its database`() throws {
        var report = StatusReport()
        func findings() throws -> [Finding] {
            DatabaseHealth.findings(status: try #require(JSONTree(report.json)))
        }
        #expect(try findings().map(\.state) == [.good])
        #expect(try findings()[0].text.contains("in memory only"))

        var figures = DatabaseFigures()
        figures.path = Self.path
        (figures.entryCount, figures.usedByteCount, figures.byteLimit) = (1234, 12 << 20, 2 << 30)
        figures.oldestAt = 1_796_000_000_000
        report.history = figures
        #expect(try findings().worst == .good)
        let first = try findings()[0].text
        #expect(first.hasPrefix("the database \(Self.path) works: 1,234 messages since 2026-11-"))
        #expect(first.hasSuffix(", 12 MB of at most 2.0 GB"), "\(first)")

        figures.commitCount = 3
        for time in [1_500_000, 1_600_000, 90_000_000] { figures.commitTime.add(UInt64(time)) }
        figures.writeFailureCount = 2
        figures.lastError = DatabaseError(.failing(.full), Self.path)
        report.history = figures
        let texts = try findings().map(\.text)
        #expect(try findings().worst == .good && texts.count == 3)
        #expect(texts[1] == "3 commits, half of them within 2.0 ms, the last took 90 ms")
        #expect(texts[2].hasPrefix("2 attempts to write or read it failed since the start, the "))
        #expect(texts[2].contains("Make space on its file system"))

        figures.state = .fails(.full)
        report.history = figures
        report.historyProblem = figures.sentence(for: .full)
        let failing = try findings()[0]
        #expect(failing.state == .mend && failing.text.contains("(full): No space is left for"))
        report.history?.state = .works
        report.historyProblem = figures.sentence(for: .slow)
        #expect(try findings()[0].state == .mend)
        #expect(try findings()[0].text.contains("works slowly: The disk of the database"))
    }

    @Test func `Facts are read from the file system`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("roost.db").path
        let empty = DatabaseFacts(path: path, process: getpid())
        #expect(empty.folder?.path == folder.path && empty.files == [] && !empty.isHidden)
        #expect(empty.server == geteuid() && empty.freeByteCount! <= empty.fileSystemByteCount!)
        #expect(!empty.isFileSystemReadOnly && empty.problem == nil)

        let (database, _) = try ChatDatabase.open(path: path) { _ in }
        let open = DatabaseFacts(path: path, process: nil)
        #expect(open.files.map(\.path) == ["", "-wal", "-shm", ".lock"].map { path + $0 })
        #expect(open.files.allSatisfy { $0.mode == 0o600 && $0.owner == geteuid() })
        #expect(open.problem == nil && open.server == nil)
        database.close()
        #expect(
            DatabaseDiagnosis(DatabaseFacts(path: path, process: nil), byteLimit: 1).problems == [])

        let missing = DatabaseFacts(path: "/no/such/folder/roost.db", process: nil)
        #expect(missing.folder == nil && !missing.isHidden && missing.freeByteCount == nil)
    }

    @Test(
        arguments: [
            ([], [nil, "/var/lib/roost/"]),
            (["--instance", "staff"], ["/var/lib/roost-staff/roost.db"]),
        ] as [([String], [String?])])
    func `Where a server has its database that does not say so`(
        words: [String], paths: [String?]
    ) throws {
        let place = try #require(DatabaseHealth.Place(ControlTarget.parse(words)))
        #expect(place.isUsual && place.path?.hasSuffix("roost.db") == true)
        if let path = paths[0] { #expect(place.path == path) }
        #expect(DatabaseHealth.Place(try ControlTarget.parse(["--control", "/tmp/x"])) == nil)
    }
}

// Each check is shown something untidy, and has to find it.
import Foundation
import Testing

@Suite struct CheckTests {
    private func swift(_ text: String, at path: String = "Sources/A/B.swift") -> SourceFile {
        SourceFile(path, text)
    }

    // MARK: What is code, and what is prose

    @Test func `Comments, strings and titles are prose, all else is code`() {
        let split = SplitText(
            """
            // One comment
            let a = "words \\(b("inner")) more" // and two
            /* over
               lines */ func `A title in words`() { `default`() }
            let raw = #"a "quoted" \\n word"#
            """, .swift)
        let code = split.code.split { $0.isWhitespace }.joined(separator: " ")
        #expect(code == "let a = b( ) func () { default () } let raw =")
        let prose = split.prose.split { $0.isWhitespace }.joined(separator: " ")
        #expect(
            prose
                == "One comment words inner more and two over lines A title in words a \"quoted\" \\n word"
        )
        #expect(split.code.utf8.count { $0 == 10 } == 4)
    }

    @Test func `A quotation mark in a regular expression is not the beginning of a text`() {
        let split = SplitText("let a = /\"/\nlet b = Kernel()\n", .swift)
        #expect(split.code.contains("let b = Kernel()"))
    }

    @Test func `Markdown is prose without its examples`() {
        let split = SplitText("One\n```sh\ntwo\n```\nthree", .markdown)
        #expect(split.prose.split(separator: "\n") == ["One", "three"])
    }

    // MARK: Words

    private let rule = WordRule("so many", #"\bso\s+many\b"#, remaining: 1, instead: "Count")

    @Test func `A word above its number is found, across lines too`() {
        let file = swift("// One: so\n// many.\nlet soMany = 1\n/// Two: so many.\n")
        let outcome = WordCheck.run([file], [rule])
        #expect(outcome.findings.map(\.line) == [1, 4])
        #expect(outcome.findings.first?.remedy == "Count")
    }

    @Test func `A word that has become rarer asks for a lower number`() {
        let outcome = WordCheck.run([swift("// Nothing of the kind.\n")], [rule])
        #expect(outcome.findings.isEmpty)
        #expect(outcome.hints.count == 1)
    }

    @Test func `Prose in code is not looked at, and an old name is, everywhere`() {
        let habit = WordRule("door", #"\bdoors?\b"#, instead: "listener")
        #expect(WordCheck.run([swift("// It.\nlet door = 1")], [habit]).findings.isEmpty)
        let name = WordRule(old: "Outbound", now: "ServerContext")
        #expect(WordCheck.run([swift("let a: Outbound")], [name]).findings.count == 1)
        #expect(WordCheck.run([swift("let a: OutboundQueue")], [name]).findings.isEmpty)
    }

    @Test func `Every rule of the table finds what it is for`() {
        let samples = [
            "Who is late waits.", "The handler is told.", "It is seen to.", "What is owed",
            "so many",
            "one that is lost", "a door", "The letter", "outward", "a dial", "of our own making",
            "the short way", "its lane",
        ]
        #expect(samples.count == WordTable.habits.count)
        for (rule, sample) in zip(WordTable.habits, samples) {
            let found = Pattern(rule.pattern).matches(in: sample)
            #expect(found.count == 1, "\(rule.name) is not found in \"\(sample)\"")
        }
    }

    // MARK: Lines and files

    @Test func `A line of 101 columns is found, and what cannot be broken is not`() {
        let long = String(repeating: "a ", count: 51)
        let address = "// See https://example.org/" + String(repeating: "a", count: 90)
        let file = swift("// A file.\n// \(long)\n\(address)\n")
        #expect(WidthCheck.run([file], allowed: [:]).findings.map(\.line) == [2])
        #expect(WidthCheck.run([file], allowed: [file.path: 1]).findings.isEmpty)
        #expect(WidthCheck.run([file], allowed: [file.path: 2]).hints.count == 1)
        let page = SourceFile("A.md", "| \(long)|\n```\n\(long)\n```\n\(long)\n")
        #expect(WidthCheck.run([page], allowed: [:]).findings.map(\.line) == [5])
    }

    @Test func `A file of 301 lines is found, and an exception may not grow`() {
        let file = swift(String(repeating: "// A line.\n", count: 301))
        #expect(SizeCheck.run([file], exceptions: []).findings.count == 1)
        let row = SizeException(path: file.path, lineCount: 301, reason: "")
        #expect(SizeCheck.run([file], exceptions: [row]).findings.isEmpty)
        let lower = SizeException(path: file.path, lineCount: 300, reason: "")
        #expect(SizeCheck.run([file], exceptions: [lower]).findings.count == 1)
        #expect(SizeCheck.run([swift("// Short.\n")], exceptions: [row]).hints.count == 1)
    }

    @Test func `A file without a sentence at its beginning is found`() {
        #expect(OpeningCheck.run([swift("import Glibc\n")]).findings.count == 1)
        #expect(
            OpeningCheck.run([swift("/// A documented type.\nstruct A {}\n")]).findings.count == 1)
        #expect(
            OpeningCheck.run([swift("// UNSAFE: pointers of the kernel's.\n")]).findings.isEmpty)
    }

    // MARK: Targets

    private let manifest = """
        targets: [
            .target(name: "CLinux"),
            .target(
                name: "Low", dependencies: ["CLinux", .product(name: "Logging", package: "swift-log")],
                exclude: ["PAGE.md"], swiftSettings: strict),
            .executableTarget(name: "top", dependencies: ["Low"], path: "Sources/Other/top"),
            .testTarget(name: "LowTests", dependencies: ["Low"]),
            .executableTarget(name: "Shown", path: "Sources/Examples/Tutorial/Step1"),
        ]
        """

    @Test func `Targets are read from the manifest`() {
        let targets = Manifest.targets(manifest)
        #expect(targets.map(\.name) == ["CLinux", "Low", "top", "LowTests", "Shown"])
        #expect(targets[1].dependencies == ["CLinux", "Logging"])
        #expect(targets.map(\.path)[2...3] == ["Sources/Other/top", "Tests/LowTests"])
        #expect(targets[1].holds("Sources/Low/A.swift") && !targets[1].holds("Sources/Low/PAGE.md"))
    }

    @Test func `An import that Package.swift does not give is found`() {
        let rules = ImportRules(
            system: ["Glibc"], systemForTests: ["Testing"], systemForExamples: ["Foundation"],
            libraries: ["Low": ["CLinux"]],
            otherPackages: [])
        let files = [
            swift("import Glibc\nimport Foundation\n", at: "Sources/Low/A.swift"),
            swift("import CLinux\n@testable import Logging\n", at: "Sources/Other/top/B.swift"),
            swift("import top\nimport Testing\n", at: "Tests/LowTests/C.swift"),
            swift(
                "import Foundation\nimport Glibc\n", at: "Sources/Examples/Tutorial/Step1/D.swift"),
        ]
        let outcome = ImportCheck.run(files, Manifest.targets(manifest), rules)
        #expect(
            outcome.findings.map(\.description).map { $0.split(separator: ".")[0] + "" } == [
                "Sources/Low/A", "Package", "Tests/LowTests/C",
            ])
        #expect(outcome.findings[1].flaw == "Low may not depend on Logging")
    }

    @Test func `Files that nothing uses are found`() {
        let files = [
            swift("// Lost.\n", at: "Sources/Lost/A.swift"),
            swift("// Built.\n", at: "Sources/Low/A.swift"),
            SourceFile("lost.md", "A page"), SourceFile("linked.md", "A page"),
            SourceFile("README.md", "See linked.md and shown.svg"),
            SourceFile("scripts/lost", "#!/bin/sh\n"), SourceFile("scripts/run", "#!/bin/sh\n"),
            SourceFile("Makefile", "scripts/run\n"), SourceFile("module.py", "A = 1\n"),
            SourceFile("main.py", "from module import A\n"),
        ]
        let paths = files.map(\.path) + ["lost.png", "shown.svg"]
        let rules = DeadFileRules(
            otherPackages: [], known: ["README.md"], exceptions: ["main.py": ""])
        let outcome = DeadFileCheck.run(
            files, paths: paths, Manifest.targets(manifest), rules)
        #expect(
            outcome.findings.map(\.path) == [
                "Sources/Lost/A.swift", "lost.md", "scripts/lost", "lost.png",
            ])
    }

    // MARK: Rooms

    private func room(_ path: String, _ text: String) -> SourceFile {
        swift(text, at: "\(RoomCheck.folder)/\(path)")
    }

    @Test func `A room that names a type of a room above is found`() {
        let files = [
            room("Loop/Core.swift", "struct Core {\n    struct Inner {}\n}\n"),
            room("Loop/Frame.swift", "package struct Frame {}\n"),
            room(
                "Low/Table.swift",
                "// Core\nstruct Table {\n    var core: Core\n    var f: Frame\n}\n"),
            room(
                "Pure/Log.swift", "struct Log {\n    let d: FileDescriptor\n    let f: Frame\n}\n"),
            room("Astray.swift", "struct Astray {}\n"),
            room("Unknown/A.swift", "struct A {}\n"),
        ]
        let rooms = [
            "Loop": RoomRule(rooms: ["Low"]), "Low": RoomRule(),
            "Pure": RoomRule(banned: ["FileDescriptor"], hasFrame: false),
        ]
        let rules = RoomRules(frame: ["Frame"], rooms: rooms, exceptions: [])
        let findings = RoomCheck.run(files, rules).findings
        #expect(
            findings.map(\.flaw) == [
                "Low may not name Core of Loop", "Pure may not name Frame of Loop",
                "Pure may not know FileDescriptor", "The file lies in no room",
                "There is no room Unknown",
            ])
        #expect(findings.first?.line == 3)

        let row = RoomException("\(RoomCheck.folder)/Low/Table.swift", "Core", "")
        let excepting = RoomRules(frame: ["Frame"], rooms: rooms, exceptions: [row])
        #expect(RoomCheck.run(files, excepting).findings.count == findings.count - 1)
        #expect(RoomCheck.run([], excepting).hints.count == 1)
    }

    @Test(.enabled(if: TypeGraph.hasPython, "there is no python3"))
    func `A circle of four files is found, and one that is in words only is not`() throws {
        let folder = try Folder()
        func write(_ name: String, _ text: String) throws {
            try folder.write(name + ".swift", text)
        }
        try write("A", "struct A {\n    struct Part {}\n    var b: B\n}\n")
        try write("B", "struct B { var c = C() }\n")
        try write("C", "struct C {}\nextension D { func c() {} }\n")
        try write("D", "/// Not A.\nstruct D { let a = \"A.Part\" }\n")
        let open = try TypeGraph.run([folder.path])
        #expect(open.status == 0, "\(open.output)")
        #expect(open.output.contains("0 cycles"))

        try write("D", "struct D { let a = \"\\(A.Part.self)\" }\n")
        let closed = try TypeGraph.run([folder.path])
        #expect(closed.status == 1, "\(closed.output)")
        #expect(closed.output.contains("A cycle of 4 files"))
        #expect(closed.output.contains("D.swift:1 names A.Part, which A.swift declares"))
        #expect(try TypeGraph.run([folder.path, "--limit", "4"]).status == 0)
    }

    @Test(.enabled(if: TypeGraph.hasPython, "there is no python3"))
    func `A call upward is found, and one downward is not`() throws {
        let folder = try Folder()
        try folder.write("Loop/Turn.swift", "func turn() { reap() }\n")
        try folder.write("Lifecycle/Reap.swift", "func reap() { send() }\n")
        try folder.write("Transport/Send.swift", "// turn()\nfunc send() { io.turn() }\n")
        try folder.write("HTTP/Respond.swift", "func respond() { accept() }\n")
        try folder.write("Accepting/Accept.swift", "func accept() { respond() }\n")
        let found = try TypeGraph.uphillCalls([folder.path])
        #expect(
            found.map(\.flaw) == [
                "It calls respond() of HTTP/Respond.swift, its neighbour",
                "It calls turn() of Loop/Turn.swift, upward",
            ])
        #expect(found.last?.line == 2)
    }
}

/// A folder of the test's own, which goes with it.
private final class Folder {
    private let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("tidy-\(UUID().uuidString)")
    var path: String { url.path }

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ text: String) throws {
        let file = url.appendingPathComponent(name)
        let parent = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
}

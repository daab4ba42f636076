// The check of the tutorial is shown what it has to find.
import Testing

@Suite struct TutorialCheckTests {
    private let folder = TutorialCheck.programs
    private let tutorial = SourceFile(
        "Sources/Low/Low.docc/A.tutorial",
        """
        @Code(name: "main.swift", file: "step1.swift", previousFile: "copy.swift")
        @Code(
            name: "main.swift", file: "unbuilt.swift")
        """)

    private func findings(_ files: [SourceFile]) -> [String] {
        let targets = Manifest.targets(
            #".executableTarget(name: "Step1", path: "Sources/Examples/Tutorial/Step1"),"#)
        let links = [
            "step1.swift": folder + "/Step1/main.swift",
            "unbuilt.swift": folder + "/Step2/main.swift",
        ]
        return TutorialCheck.run([tutorial] + files, targets, links: links).findings.map {
            "\($0.path):\($0.line)"
        }
    }

    @Test func `A copy, and a program that is not built or not shown`() {
        let found = findings([
            SourceFile(folder + "/Step1/main.swift", "// Built and shown.\n"),
            SourceFile(folder + "/Step1/other.swift", "// Built.\n"),
            SourceFile(folder + "/Step2/main.swift", "// Shown.\n"),
        ])
        #expect(
            found == [
                "\(tutorial.path):1", "\(tutorial.path):3", "\(folder)/Step1/other.swift:1",
                "\(folder)/Step2/main.swift:1",
            ])
    }

    @Test func `A line too many`() {
        for (count, found) in [(40, false), (41, true)] {
            let text = String(repeating: "// A line.\n", count: count)
            let place = folder + "/Step1/main.swift"
            #expect(findings([SourceFile(place, text)]).contains("\(place):41") == found)
        }
    }
}

// A tutorial shows whole programs that are built, and nothing else.
import Foundation

enum TutorialCheck {
    /// Where the programs are.
    static let programs = "Sources/Examples/Tutorial"
    /// The most lines that a program may have, and its page.
    static let lineLimit = 40

    private static let shown = Pattern(#"\b(?:file|previousFile):\s*"([^"]+)""#)

    /// - Parameter links: the file that each link beside a tutorial leads to. The text of a link is
    ///   that of the file, so the two cannot differ.
    static func run(
        _ files: [SourceFile], _ targets: [ManifestTarget], links: [String: String]
    ) -> Outcome {
        var outcome = Outcome()
        let built = files.filter { file in
            file.isBelow(programs) && targets.contains { $0.holds(file.path) }
        }
        var seen: Set<String> = []
        for tutorial in files where tutorial.path.hasSuffix(".tutorial") {
            for match in shown.matches(in: tutorial.text) {
                let name = match.groups[1]
                if let path = links[name], built.contains(where: { $0.path == path }) {
                    seen.insert(path)
                    continue
                }
                outcome.findings.append(
                    Finding(
                        path: tutorial.path, line: match.line,
                        flaw: "\(name) is no link to a file of a program in \(programs)",
                        remedy: "Put the file there, into a target, and link to it: ln -s"))
            }
        }
        for file in files where file.isBelow(programs) {
            if !seen.contains(file.path) {
                outcome.findings.append(
                    Finding(
                        path: file.path, flaw: "No tutorial shows the file, or no target has it",
                        remedy: "Show it with @Code(name:file:), or remove it"))
            }
            if file.lines.count > lineLimit {
                outcome.findings.append(
                    Finding(
                        path: file.path, line: lineLimit + 1,
                        flaw: "\(file.lines.count) lines, and a step may have \(lineLimit)",
                        remedy: "Leave out what the step does not teach"))
            }
        }
        return outcome
    }

    /// The links beside the tutorials of a tree, with what they lead to.
    static func links(_ files: [SourceFile], root: URL) -> [String: String] {
        var links: [String: String] = [:]
        let folders = Set(
            files.filter { $0.path.hasSuffix(".tutorial") }.map {
                root.appendingPathComponent($0.path).deletingLastPathComponent()
            })
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names {
                let url = folder.appendingPathComponent(name)
                let target = url.resolvingSymlinksInPath().path
                guard target != url.path, target.hasPrefix(root.path + "/") else { continue }
                links[name] = String(target.dropFirst(root.path.count + 1))
            }
        }
        return links
    }
}

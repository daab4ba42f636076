// The files of the repository, read once.
import Foundation

/// A text file, by its path from the repository's root.
struct SourceFile: Sendable {
    let path: String
    let text: String
    let split: SplitText

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        split = SplitText(text, Language(path, text))
    }

    /// With no empty one at the end: as wc(1) and editors count them.
    var lines: [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last == "" ? lines.dropLast() : lines
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    func isBelow(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
}

enum Tree {
    /// The repository's root: above this file, the folder with the package `roost`.
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Every text file, and the paths of the others.
    static let (files, paths): ([SourceFile], [String]) = read()

    /// What is made, fetched or installed here and not committed.
    private static func isOurs(_ name: String) -> Bool {
        let hidden = [".ci", ".github", ".editorconfig", ".swift-format", ".gitignore"]
        return name.hasPrefix(".") ? hidden.contains(name) : name != "__pycache__"
    }

    private static func read() -> ([SourceFile], [String]) {
        var files: [SourceFile] = []
        var paths: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            let url = root.appendingPathComponent(folder)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
            for name in names.sorted() where isOurs(name) {
                let path = folder.isEmpty ? name : folder + "/" + name
                let url = root.appendingPathComponent(path)
                let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
                if values?.isSymbolicLink == true { continue }
                if values?.isDirectory == true {
                    folders.append(path)
                } else if name != "Package.resolved" {
                    paths.append(path)
                    if let text = try? String(contentsOf: url, encoding: .utf8) {
                        files.append(SourceFile(path, text))
                    }
                }
            }
        }
        return (files, paths.sorted())
    }
}

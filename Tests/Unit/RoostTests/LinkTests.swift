// Links between the pages of the repository: each leads to an existing file and heading.
import Foundation
import TestSupport
import Testing

@Suite struct LinkTests {
    private static let root = BuildProducts.packageRoot

    /// All Markdown of the repository except the articles, whose links DocC checks.
    static let pages: [String] = {
        let files = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        let paths = files?.compactMap { ($0 as? URL)?.path } ?? []
        return paths.filter { $0.hasSuffix(".md") && !$0.contains(".docc/") }
            .map { String($0.dropFirst(root.path.count + 1)) }.sorted()
    }()

    /// A page without its code, where brackets are not links.
    private static func text(_ page: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8)
            .replacing(/\n```[\s\S]*?\n```/, with: "").replacing(/`[^`\n]+`/) {
                $0.output.filter { !"[]()".contains($0) }
            }
    }

    /// The headings of a page as GitHub's anchors.
    private static func anchors(_ page: String) throws -> Set<String> {
        Set(
            try text(page).matches(of: /\n#+ (.+)/).map { heading in
                heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                    .replacingOccurrences(of: " ", with: "-")
            })
    }

    @Test func `The pages are found`() {
        #expect(Set(Self.pages).isSuperset(of: ["README.md", "Benchmarks/README.md"]))
    }

    @Test(arguments: pages) func `Links lead somewhere`(page: String) throws {
        let text = try Self.text(page)
        let links =
            text.matches(of: /\]\(([^()\s]+)\)/).map(\.1)
            + text.matches(of: /(?:src|srcset)="([^"]+)"/).map(\.1)
        let folder = Self.root.appendingPathComponent(page).deletingLastPathComponent()
        for link in links where !link.contains("://") {
            let parts = link.split(separator: "#", omittingEmptySubsequences: false)
            let file = parts[0].isEmpty ? page : String(parts[0])
            let target =
                parts[0].isEmpty
                ? Self.root.appendingPathComponent(page)
                : folder.appendingPathComponent(file).standardizedFileURL
            #expect(
                FileManager.default.fileExists(atPath: target.path), "\(page) names \(link)")
            guard parts.count > 1 else { continue }
            let path = String(target.path.dropFirst(Self.root.path.count + 1))
            #expect(try Self.anchors(path).contains(String(parts[1])), "\(page) names \(link)")
        }
    }
}

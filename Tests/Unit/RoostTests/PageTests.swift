// The chat page in the binary: all files that it loads are included, and nothing is inline.
import CPage
import Foundation
import TestSupport
import Testing

@Suite struct PageTests {
    struct File {
        let path: String
        let type: String
        let text: String
    }

    private static let files: [File] = (0..<page_file_count).map { index in
        let file = page_files()[index]
        let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
        return File(
            path: String(cString: file.path), type: String(cString: file.type),
            text: String(decoding: bytes, as: UTF8.self))
    }

    private static func matches(_ pattern: String, in text: String) throws -> [String] {
        let pattern = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        let whole = NSRange(text.startIndex..., in: text)
        return pattern.matches(in: text, range: whole).compactMap { match in
            Range(match.range(at: match.numberOfRanges - 1), in: text).map { String(text[$0]) }
        }
    }

    @Test func everyFileOfTheFolderIsEmbedded() throws {
        let folder = BuildProducts.packageRoot.appendingPathComponent("Sources/roost/Page")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let served = names.filter { $0.hasSuffix(".js") || $0.hasSuffix(".css") }
        let paths = Set(Self.files.map(\.path))
        #expect(paths == Set(served.map { "/\($0)" } + ["/", "/favicon.svg"]))
        #expect(paths.count == Self.files.count, "a path occurs twice")
        for file in Self.files where file.path != "/" {
            let source = try String(
                contentsOf: folder.appendingPathComponent(String(file.path.dropFirst())),
                encoding: .utf8)
            #expect(file.text == source, "\(file.path) is another file's text")
        }
    }

    @Test func everythingThatIsLoadedIsThere() throws {
        let paths = Set(Self.files.map(\.path))
        for file in Self.files {
            let isModule = file.path.hasSuffix(".js")
            let pattern = isModule ? "from '\\.(/[^']+)'" : "(?:href|src)=\"(/[^\"]*)\""
            for path in try Self.matches(pattern, in: file.text) {
                #expect(paths.contains(path), "\(file.path) loads \(path)")
            }
        }
    }

    @Test func everyStyleAndModuleIsLoadedByTheDocument() throws {
        let document = try #require(Self.files.first { $0.path == "/" })
        let loaded = try Self.matches("(?:href|src)=\"(/[^\"]*)\"", in: document.text)
        #expect(Set(loaded) == Set(Self.files.map(\.path)), "the document links to itself")
    }

    /// Code that a Content-Security-Policy without 'unsafe-inline' refuses, or that inserts text as
    /// HTML.
    @Test(arguments: [
        "<style", " style=", " on[a-z]+=\"", "<script(?![^>]* src=)[^>]*>", "javascript:",
        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\(",
        "https?://(?!www\\.w3\\.org/)[a-z]",
    ])
    func nothingIsInlineOrForeign(_ pattern: String) throws {
        for file in Self.files {
            #expect(try Self.matches(pattern, in: file.text) == [], "\(file.path)")
        }
    }

    @Test func everyTypeFitsItsName() {
        for file in Self.files {
            let type =
                switch file.path.split(separator: ".").last {
                case "js": "text/javascript; charset=utf-8"
                case "css": "text/css; charset=utf-8"
                case "svg": "image/svg+xml"
                default: "text/html; charset=utf-8"
                }
            #expect(file.type == type, "\(file.path)")
        }
    }
}

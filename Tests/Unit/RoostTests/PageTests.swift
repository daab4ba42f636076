// The chat page in the binary: what the document loads is there, under the right names and types,
// and nothing is foreign, absolute, or outside the Content-Security-Policy.
import CPage
import Foundation
import TestSupport
import Testing

@testable import roost

@Suite struct PageTests {
    struct File {
        let path: String
        let type: String
        let text: String
        let isHashed: Bool
        /// Whether other sites may load it: the page itself does not.
        let isShared: Bool
    }

    static let files: [File] = (0..<page_file_count).map { index in
        let file = page_files()[index]
        let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
        return File(
            path: String(cString: file.path), type: String(cString: file.type),
            text: String(decoding: bytes, as: UTF8.self), isHashed: file.is_hashed != 0,
            isShared: file.is_shared != 0)
    }

    static func matches(_ pattern: String, in text: String) throws -> [String] {
        let pattern = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        let whole = NSRange(text.startIndex..., in: text)
        return pattern.matches(in: text, range: whole).compactMap { match in
            Range(match.range(at: match.numberOfRanges - 1), in: text).map { String(text[$0]) }
        }
    }

    private static func document() throws -> File {
        try #require(files.first { $0.path == "/" })
    }

    @Test func `A path is a path once, and has its type`() {
        #expect(Set(Self.files.map(\.path)).count == Self.files.count)
        for file in Self.files {
            let type =
                switch file.path.split(separator: ".").last {
                case "js": "text/javascript; charset=utf-8"
                case "css": "text/css; charset=utf-8"
                case "svg": "image/svg+xml"
                case "json": "application/json"
                case "png": "image/png"
                case "webmanifest": "application/manifest+json"
                default: "text/html; charset=utf-8"
                }
            #expect(file.type == type, "\(file.path)")
        }
    }

    @Test func `The document loads files that there are, by relative names`() throws {
        let loaded = try Self.matches(" (?:href|src)=\"([^\"#]+)\"", in: Self.document().text)
        // "." is the link that loads the page again.
        let paths = Set(loaded.map { $0 == "." ? "/" : "/\($0)" })
        #expect(paths.isSubset(of: Self.files.map(\.path)), "\(paths)")
        // Nobody could find out a hash by other ways; the manifest names the icons.
        let manifest = try #require(Self.files.first { $0.path == "/manifest.webmanifest" })
        let sources = try Self.matches("\"src\": \"([^\"]+)\"", in: manifest.text)
        let icons = Set(sources.map { "/\($0)" })
        #expect(icons.isSubset(of: Self.files.map(\.path)) && icons.count == 4, "\(icons)")
        let named = paths.union(icons)
        #expect(named.isSuperset(of: Self.files.filter(\.isHashed).map(\.path)), "\(named)")
        for name in loaded { #expect(!name.hasPrefix("/") && !name.contains(":"), "\(name)") }
        // No script imports another: what comes later is named in the document.
        for file in Self.files where file.path.hasSuffix(".js") {
            #expect(try Self.matches("\\bimport\\b", in: file.text) == [])
        }
    }

    @Test func `The service worker names the page's version and files`() throws {
        let worker = try #require(Self.files.first { $0.path == "/service-worker.js" })
        #expect(!worker.isHashed)
        let version = try Self.matches("const version='([0-9a-f]{16})'", in: worker.text)
        let shown = try Self.matches(
            "data-version=\"([0-9a-f]{16})\"", in: Self.document().text)
        #expect(version == shown && version.count == 1, "\(version), \(shown)")
        for file in Self.files where file.isHashed && !file.path.hasSuffix(".png") {
            #expect(worker.text.contains("\"\(file.path.dropFirst())\""), "\(file.path)")
        }
    }

    @Test func `What a path's hash names is what the file has`() throws {
        for file in Self.files {
            guard file.isHashed else { continue }
            #expect(file.path.wholeMatch(of: /\/[a-z0-9-]+-[0-9a-f]{16}\.[a-z]+/) != nil)
            #expect(file.text.utf8.count > 100)
        }
    }

    /// Code that a Content-Security-Policy without 'unsafe-inline' refuses, or that inserts text as
    /// HTML.
    @Test(arguments: [
        " style=", " on[a-z]+=\"", "javascript:",
        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\(",
        "https?://(?!www\\.w3\\.org/)[a-z]",
    ])
    func `Nothing is foreign or unsafe`(_ pattern: String) throws {
        for file in Self.files {
            #expect(try Self.matches(pattern, in: file.text) == [], "\(file.path)")
        }
    }

    @Test func `There is one script and one style inside the document`() throws {
        let text = try Self.document().text
        #expect(try Self.matches("<script(?![^>]* src=)", in: text).count == 1)
        #expect(try Self.matches("<style", in: text).count == 1)
        for hashes in [page_script_hashes(), page_style_hashes()] {
            #expect(String(cString: hashes).wholeMatch(of: /'sha256-[A-Za-z0-9+\/]{43}='/) != nil)
        }
    }

    /// Files as they go over the wire: heads, and compressed bodies.
    private static func byteCount(_ files: [File]) throws -> Int {
        let site = Site()
        return try files.reduce(0) { total, file in
            let answer = try site.answer(
                SiteTests.head("GET", file.path, ["Accept-Encoding: gzip, deflate, br"]),
                isStopping: false)
            #expect(answer.status == .ok)
            // Date, Content-Length, Connection and the line of the status have less than 150 bytes.
            return answer.headers.reduce(total + answer.body.count + 150) {
                $0 + $1.0.utf8.count + $1.1.utf8.count + 4
            }
        }
    }

    /// The document, and what it loads by itself; another language is loaded if it is wanted.
    @Test func `What a browser needs before the first paint has at most 45 kB`() throws {
        let document = try Self.document()
        let loaded = try Self.matches(
            "<(?:script|link)(?![^>]* rel=\"(?:words|later)\")[^>]* (?:href|src)=\"([^\"]+)\"",
            in: document.text)
        let first = Self.files.filter { loaded.contains(String($0.path.dropFirst())) }
        #expect(first.count == 3, "a script, a style sheet, an icon")
        let total = try Self.byteCount([document] + first)
        #expect(total <= 45_000, "\(total) bytes")
    }

    /// All that a browser may load for the page, in all languages: no page loads `/roost.js`, which
    /// is for other people's programs.
    @Test func `The page has at most 90 kB`() throws {
        let total = try Self.byteCount(Self.files.filter { !$0.isShared })
        #expect(total <= 90_000, "\(total) bytes")
    }

    @Test func `The client for other programs is one file with a name that stays`() throws {
        let shared = Self.files.filter(\.isShared)
        #expect(shared.map(\.path) == ["/roost.js"])
        #expect(shared.allSatisfy { !$0.isHashed })
        let exported = try Self.matches("^export (.*)$", in: shared[0].text)
        #expect(
            exported == [
                "{ Roost, RoostRoom, CommandError, Disconnected, keyOf, mentions, sameName };"
            ])
    }
}

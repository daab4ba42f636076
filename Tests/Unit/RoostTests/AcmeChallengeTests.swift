// The challenges of certificate authorities: which files are served, and that no other is.
import Foundation
import Glibc
import Testing
import WebSocketServer

@testable import roost

@Suite struct AcmeChallengeTests {
    /// A web root with `.well-known/acme-challenge`, removed with the test.
    private final class WebRoot {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "acme-\(UUID().uuidString.prefix(8))")
        var place: URL { folder.appendingPathComponent(".well-known/acme-challenge") }

        init() throws {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ name: String, _ bytes: Data) throws {
            try bytes.write(to: place.appendingPathComponent(name))
        }

        func answer(_ name: String, method: String = "GET") throws -> HTTPResponse {
            let head = try SiteTests.head(method, "/.well-known/acme-challenge/\(name)")
            return AcmeChallenges(folder: folder.path).answer(head)
        }
    }

    @Test func `A challenge is served as it was written`() throws {
        let root = try WebRoot()
        try root.write("abc-DEF_123", Data("abc-DEF_123.hash\n".utf8))
        let answer = try root.answer("abc-DEF_123")
        #expect(answer.status == .ok)
        #expect(answer.body == Array("abc-DEF_123.hash\n".utf8))
        #expect(try root.answer("abc-DEF_123", method: "HEAD").status == .ok)
        #expect(try root.answer("abc-DEF_123", method: "POST").status == .methodNotAllowed)
        #expect(try root.answer("other").status == .notFound)
    }

    @Test(arguments: ["", ".", "..", "a.b", "a/b", "..%2Fx", "a%00", "%61", "a b", "ä"])
    func `A name of anything but base64url is not looked for`(name: String) {
        #expect(AcmeChallenges.name("/.well-known/acme-challenge/\(name)") == nil)
    }

    @Test func `A name has at most 128 characters, and a file 4 KiB`() throws {
        let root = try WebRoot()
        let longest = String(repeating: "x", count: 128)
        try root.write(longest, Data(count: 4096))
        #expect(try root.answer(longest).status == .ok)
        try root.write("large", Data(count: 4097))
        #expect(try root.answer("large").status == .notFound)
        #expect(AcmeChallenges.name("/.well-known/acme-challenge/\(longest)x") == nil)
    }

    @Test func `What is no plain file in the folder is not served`() throws {
        let root = try WebRoot()
        let outside = root.folder.appendingPathComponent("secret")
        try Data("secret".utf8).write(to: outside)
        #expect(symlink(outside.path, root.place.appendingPathComponent("link").path) == 0)
        #expect(try root.answer("link").status == .notFound)
        // Nobody writes into it: to open it plainly would wait for ever.
        #expect(mkfifo(root.place.appendingPathComponent("pipe").path, 0o644) == 0)
        #expect(try root.answer("pipe").status == .notFound)
        try FileManager.default.createDirectory(
            at: root.place.appendingPathComponent("folder"), withIntermediateDirectories: false)
        #expect(try root.answer("folder").status == .notFound)
    }

    @Test func `A link in place of a folder leads nowhere`() throws {
        let root = try WebRoot()
        let elsewhere = try WebRoot()
        try elsewhere.write("token", Data("x".utf8))
        try FileManager.default.removeItem(at: root.place)
        #expect(symlink(elsewhere.place.path, root.place.path) == 0)
        #expect(try root.answer("token").status == .notFound)
        #expect(try elsewhere.answer("token").status == .ok)
    }
}

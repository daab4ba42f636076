// roost.js, as programs get it: its tests in Node, against a server inside the test, and its types.
// Tests/System/Programs/ClientBotTests.swift has the real server.
import Foundation
import TestSupport
import Testing

struct ClientTests {
    private static let node = BuildProducts.packageRoot
        .appendingPathComponent("Tests/Support/node")

    @Test(.enabled(if: Tools.has("node"), "there is no node"))
    func `In Node`() throws {
        let test = Self.node.appendingPathComponent("client.test.mjs").path
        let (status, output, errors) = try Run(["node", "--test", test]).end()
        #expect(status == 0, "\(output)\(errors)")
        #expect(output.contains("pass "), "\(output)")
    }

    /// Wrong uses have to be errors, and right uses none.
    @Test(.enabled(if: Tools.has("tsc"), "there is no tsc"))
    func `Its types are sound, and programs are checked by them`() throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("roost-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: folder) }
        let built = BuildProducts.packageRoot
            .appendingPathComponent("Sources/roost/Page/built/roost.js")
        try files.copyItem(at: built, to: folder.appendingPathComponent("roost.mjs"))
        let use = folder.appendingPathComponent("typed-use.mjs")
        try files.copyItem(at: Self.node.appendingPathComponent("typed-use.mjs"), to: use)
        let (status, output, errors) = try Run([
            "tsc", "--noEmit", "--allowJs", "--checkJs", "--strict", "--noImplicitAny", "false",
            "--useUnknownInCatchVariables", "false", "--target", "es2022", "--module", "es2022",
            "--lib", "es2022,dom", use.path,
        ]).end()
        #expect(status == 0, "\(output)\(errors)")
    }
}

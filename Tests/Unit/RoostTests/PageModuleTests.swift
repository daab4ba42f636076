// The modules of the chat page that need neither server nor browser, in Node: their tests are in
// Tests/Support/node.
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Tools.has("node"), "there is no node"))
struct PageModuleTests {
    private static let folder =
        BuildProducts.packageRoot.appendingPathComponent("Tests/Support/node")
    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".js") }.sorted()

    @Test func `The tests are found`() { #expect(!Self.names.isEmpty) }

    @Test("In Node", arguments: names)
    func module(name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let (status, output, errors) = try Run(["node", "--test", path]).end()
        #expect(status == 0, "\(output)\(errors)")
    }
}

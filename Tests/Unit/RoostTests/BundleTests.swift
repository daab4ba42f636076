// scripts/bundle-page: what it has made of the page's sources is up to date, and what it does not
// understand it refuses.
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Tools.has("python3"), "there is no python3"))
struct BundleTests {
    private static let script =
        BuildProducts.packageRoot.appendingPathComponent("scripts/bundle-page").path

    @Test func `The page is what its sources make`() throws {
        let (status, _, errors) = try Run([Self.script, "--check"]).end()
        #expect(status == 0, "\(errors)")
    }

    /// Writes modules into a folder of their own, and joins them; returns the complaint.
    private func complaint(about modules: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in modules {
            try text.write(
                to: folder.appendingPathComponent(name), atomically: false, encoding: .utf8)
        }
        let (status, output, errors) = try Run([Self.script, "--source", folder.path]).end()
        #expect(status != 0 && output.isEmpty, "it was joined")
        #expect(!errors.contains("Traceback"), "\(errors)")
        return errors
    }

    @Test(arguments: [
        ("export default 1;", "only `export function`"),
        ("export let a = 1;", "`export let` would be a copy"),
        ("export { a };", "only `export function`"),
        ("export * from './b.js';", "only `export function`"),
        ("export const { a } = b;", "only `export function`"),
        ("{\n    export const a = 1;\n}", "app.js:2: only `export function`"),
        ("import a from './b.js';", "only `import { a, b }"),
        ("import * as b from './b.js';", "only `import { a, b }"),
        ("import './b.js';", "only `import { a, b }"),
        ("import { a } from \"./b.js\";", "only `import { a, b }"),
        ("import { a } from 'b';", "only `import { a, b }"),
        ("import { a } from '../b.js';", "only `import { a, b }"),
        ("import { a as c } from './b.js';", "`a as c` cannot be imported"),
        ("f(() => import('./b.js'));", "only `import { a, b }"),
        ("const u = import.meta.url;", "only `import { a, b }"),
        ("import { missing } from './b.js';", "imports missing, which b.js does not export"),
        ("import { a } from './c.js';", "c.js"),
        ("await fetch('x');", "`await` outside of a function"),
        ("const a = 'no end\n';", "app.js:1: a string without an end"),
        ("const a = `no end", "a template without an end"),
        ("const a = `${b", "a template's ${ without an end"),
        ("const a = /no end", "a regular expression without an end"),
        ("/* no end", "a comment without an end"),
        ("const a = {} / 2;", "a slash after }"),
        ("const a = 1;", "app.js does not import b.js"),
    ])
    func `What it does not understand is refused, with the place`(
        text: String, complaint expected: String
    ) throws {
        let complaint = try complaint(about: ["app.js": text, "b.js": "export const a = 1;\n"])
        #expect(complaint.contains(expected), "\(complaint)")
    }

    /// The client's modules stand side by side in one module, so their names have to differ.
    @Test(arguments: [
        ("import { a } from './b.js';\nconst c = a;\n", "roost.js declares c, as b.js does"),
        ("import { a } from './b.js';\nexport const d = [a, c];\n", "roost.js uses c, which b.js"),
        ("import { a } from './b.js';\n", "no module declares Roost, which roost.js shall export"),
    ])
    func `Names of the client's modules that get in each other's way are refused`(
        text: String, complaint expected: String
    ) throws {
        let complaint = try complaint(about: [
            "app.js": "import {} from './roost.js';\n", "roost.js": text,
            "b.js": "export const a = 1;\nconst c = 2;\n",
        ])
        #expect(complaint.contains(expected), "\(complaint)")
    }

    @Test func `Modules that import each other are refused`() throws {
        let complaint = try complaint(about: [
            "app.js": "import { a } from './a.js';\n",
            "a.js": "import { b } from './b.js';\nexport const a = 1;\n",
            "b.js": "import { a } from './a.js';\nexport const b = 1;\n",
        ])
        #expect(complaint.contains("a.js → b.js → a.js"), "\(complaint)")
    }
}

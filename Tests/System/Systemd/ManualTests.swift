// The manual pages that are made from the program, and the package's changelog: complete, and
// without a complaint of groff and dpkg.
import Foundation
import TestSupport
import Testing

@Suite struct ManualTests {
    private func withPages(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = BuildProducts.packageRoot.appendingPathComponent("deploy/manual").path
        let made = try Run(
            [script, BuildProducts.path("roost"), folder.path],
            environment: ["ROOST_VERSION": "1.2.3", "SOURCE_DATE_EPOCH": "86400"]
        ).end()
        #expect(made.status == 0, "\(made.errors)")
        try body(folder)
    }

    /// The page's source as a reader sees it: without escapes.
    private func text(_ name: String, in folder: URL) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            .replacing("\\-", with: "-").replacing("\\&", with: "").replacing("\\e", with: "\\")
    }

    @Test func `Every command and every flag is in the page`() throws {
        try withPages { folder in
            let page = try text("roost.1", in: folder)
            #expect(page.contains(#".TH ROOST 1 "1970-01-02" "Roost 1.2.3" "Roost""#))
            let help = try Run([BuildProducts.path("roost"), "--experimental-dump-help"]).end()
            let root = try #require(
                try JSONSerialization.jsonObject(with: Data(help.output.utf8)) as? [String: Any])
            let command = try #require(root["command"] as? [String: Any])
            let commands = Self.commands(of: command)
            #expect(commands.count > 6 && commands.contains { $0.name == "history export" })
            for (name, command) in commands {
                let section = try #require(page.components(separatedBy: ".SS roost \(name)\n").last)
                    .components(separatedBy: "\n.S")[0]
                for argument in command["arguments"] as? [[String: Any]] ?? [] {
                    let names = argument["names"] as? [[String: Any]] ?? []
                    for flag in names.compactMap({ $0["name"] as? String })
                    where flag.count > 1 && !["help", "version"].contains(flag) {
                        #expect(section.contains(".B --\(flag)"), "\(name)")
                    }
                }
            }
        }
    }

    /// All commands below this one, with their whole names.
    private static func commands(
        of command: [String: Any], prefix: String = ""
    ) -> [(name: String, command: [String: Any])] {
        (command["subcommands"] as? [[String: Any]] ?? []).flatMap { inner in
            let name = prefix + (inner["commandName"] as? String ?? "")
            return name == "help" ? [] : [(name, inner)] + commands(of: inner, prefix: name + " ")
        }
    }

    @Test func `Every setting is in the page of the file, and nothing that a file cannot have`()
        throws
    {
        try withPages { folder in
            let page = try text("roost.conf.5", in: folder)
            let keys = page.matches(of: #/\n\.B ([a-z-]+) = /#).map { String($0.1) }
            #expect(Set(keys).count == keys.count)
            #expect(Set(keys).isSuperset(of: ["origin", "max-message", "no-limits", "log-level"]))
            #expect(!keys.contains("config"))
            // The program takes each of them: a value that none has shows that the key is known.
            let file = folder.appendingPathComponent("roost.conf")
            try keys.map { "\($0) = \u{1}" }.joined(separator: "\n").write(
                to: file, atomically: true, encoding: .utf8)
            let check = try Run([BuildProducts.path("roost"), "check-config", file.path]).end()
            #expect(!check.errors.contains("There is no setting"), "\(check.errors)")
        }
    }

    @Test(
        .enabled(if: Tools.has("groff"), "there is no groff here"),
        arguments: ["roost.1", "roost.conf.5"])
    func `groff has nothing to complain about`(page: String) throws {
        try withPages { folder in
            let file = folder.appendingPathComponent(page).path
            let result = try Run(["groff", "-man", "-Tutf8", "-ww", "-z", file]).end()
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        }
    }

    @Test(.enabled(if: Tools.has("dpkg-parsechangelog"), "there is no dpkg-dev here"))
    func `Debian reads the changelog`() throws {
        let script = BuildProducts.packageRoot.appendingPathComponent("deploy/deb/changelog").path
        let made = try Run([script, "0.1.0~7"], environment: ["SOURCE_DATE_EPOCH": "0"]).end()
        #expect(made.status == 0, "\(made.errors)")
        let lines = made.output.split(separator: "\n").filter { !$0.hasPrefix(" -- ") }
        #expect(lines.count > 30 && lines.allSatisfy { $0.count <= 80 })
        let parsed = try Run(
            ["dpkg-parsechangelog", "--all", "-l", "-"], input: made.output
        ).end()
        #expect(parsed.status == 0 && parsed.errors.isEmpty, "\(parsed.errors)")
        for field in ["Source: roost\n", "Version: 0.1.0~7\n", "Date: Thu, 01 Jan 1970"] {
            #expect(parsed.output.contains(field), "\(parsed.output.prefix(400))")
        }
    }
}

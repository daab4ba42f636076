// The units as systemd reads them: without a warning, and closed on all sides.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct UnitFileTests {
    private static let hasAnalyze = access("/usr/bin/systemd-analyze", X_OK) == 0
    private static let program = BuildProducts.path("roost")
    private static let units = [
        "roost.socket", "roost-control.socket", "roost-metrics.socket", "roost-tls.socket",
        "roost-redirect.socket",
    ]

    /// The units, with an existing program, in a temporary folder.
    private func withUnits(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/roost-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let install = BuildProducts.packageRoot.appendingPathComponent("deploy/install").path
        let result = try output(
            ["env", "DESTDIR=\(folder)", "PREFIX=/usr", install, Self.program])
        #expect(result.status == 0, "\(result.text)")
        let units = "\(folder)/usr/lib/systemd/system"
        for unit in try FileManager.default.contentsOfDirectory(atPath: units) {
            let text = try String(contentsOfFile: "\(units)/\(unit)", encoding: .utf8)
            try text.replacingOccurrences(of: "/usr/bin/roost", with: "/usr/bin/env")
                .write(toFile: "\(units)/\(unit)", atomically: true, encoding: .utf8)
        }
        try body(units)
    }

    private func output(_ command: [String], in folder: String = "/") throws -> (
        status: Int32, text: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(.enabled(if: hasAnalyze, "needs systemd-analyze"))
    func `systemd reports nothing about them`() throws {
        try withUnits { folder in
            let result = try output(
                [
                    "systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                    "./roost.service", "./roost@a.service",
                ] + Self.units.flatMap { ["./\($0)", "./\(Self.template($0, "a"))"] },
                in: folder)
            #expect(result.status == 0)
            let ours = result.text.split(separator: "\n").filter { $0.contains("roost") }
            #expect(ours == [])
        }
    }

    /// "roost.socket" for an instance: "roost@a.socket".
    private static func template(_ unit: String, _ name: String) -> String {
        unit.replacing(".", with: "@\(name).")
    }

    @Test func `A template says the same as its unit, for another server`() throws {
        try withUnits { folder in
            // What has to differ for two servers on one machine, and nothing else may.
            let changes = [
                ("roost.socket", "roost@%i.socket"), ("roost.service", "roost@%i.service"),
                ("roost-control.socket", "roost-control@%i.socket"),
                ("Description=Roost chat server", "Description=Roost chat server %i"),
                ("/etc/roost/roost.conf", "/etc/roost/%i.conf"), ("/run/roost/", "/run/roost-%i/"),
                ("StateDirectory=roost\n", "StateDirectory=roost-%i\n"),
                ("User=roostd\n", "User=roostd-%i\n"),
                ("/env reload\n", "/env reload --control /run/roost-%i/control.sock\n"),
            ]
            let own = [
                "roost.socket": ["AssertPathExists=", "ListenStream="],
                "roost-control.socket": ["AssertPathExists="],
                "roost-metrics.socket": [
                    "AssertPathExists=", "ListenStream=", "SocketMode=", "SocketGroup=",
                    "RemoveOnStop=",
                ],
                "roost-tls.socket": [
                    "AssertPathExists=", "ListenStream=", "SocketMode=", "SocketGroup=",
                    "RemoveOnStop=",
                ],
                "roost-redirect.socket": [
                    "AssertPathExists=", "ListenStream=", "SocketMode=", "SocketGroup=",
                    "RemoveOnStop=",
                ],
            ]
            for unit in Self.units + ["roost.service"] {
                func settings(_ file: String) throws -> [String] {
                    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                        .split(separator: "\n").map(String.init)
                        .filter { line in
                            !line.hasPrefix("#")
                                && own[unit]?.contains { line.hasPrefix($0) } != true
                        }
                }
                let text = try settings(unit).joined(separator: "\n") + "\n"
                let expected = changes.reduce(text) { $0.replacing($1.0, with: $1.1) }
                let template = try settings(Self.template(unit, ""))
                #expect(template.joined(separator: "\n") + "\n" == expected)
            }
        }
    }

    @Test(
        .enabled(if: hasAnalyze, "needs systemd-analyze"),
        arguments: ["roost.service", "roost@a.service"])
    func `Its exposure is at most 1.0`(unit: String) throws {
        try withUnits { folder in
            let result = try output(
                [
                    "systemd-analyze", "security", "--offline=true", "--threshold=10",
                    "./\(unit)",
                ], in: folder)
            #expect(result.status == 0, "\(result.text)")
            // The operator's page has the unit's real figure.
            let level = try #require(
                result.text.firstMatch(of: /Overall exposure level for roost\S*: ([0-9.]+)/))
            let page = try String(
                contentsOf: BuildProducts.packageRoot.appendingPathComponent("deploy/OPERATING.md"),
                encoding: .utf8)
            let said = try #require(
                page.firstMatch(of: /between 0 and 10: ([0-9.]+) by systemd (\d+)/))
            if try output(["systemd-analyze", "--version"]).text.hasPrefix("systemd \(said.2) ") {
                #expect(level.1 == said.1)
            }
        }
    }

    @Test func `All files are installed, and /etc is not overwritten`() throws {
        let folder = "/tmp/roost-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let install = BuildProducts.packageRoot.appendingPathComponent("deploy/install").path
        let command = ["env", "DESTDIR=\(folder)", install, Self.program]
        #expect(try output(command).status == 0)
        for path in [
            "usr/local/bin/roost", "usr/local/lib/systemd/system/roost.service",
            "usr/local/lib/systemd/catalog/roost.catalog", "usr/local/lib/sysusers.d/roost.conf",
            "usr/local/share/doc/roost/OPERATING.md",
            "usr/local/share/doc/roost/examples/nginx.conf",
            "usr/local/share/doc/roost/prometheus/roost.rules.yml",
            "usr/local/share/doc/roost/prometheus/prometheus.yml",
            "usr/local/share/doc/roost/grafana/roost.json",
            "usr/local/lib/systemd/system/roost@.service",
            "usr/local/lib/systemd/system/roost-metrics@.socket",
            "usr/local/share/man/man1/roost.1", "usr/local/share/man/man5/roost.conf.5",
            "usr/local/share/bash-completion/completions/roost",
            "usr/local/share/zsh/site-functions/_roost",
            "usr/local/share/fish/vendor_completions.d/roost.fish",
            "etc/roost/roost.conf", "etc/systemd/system/roost.socket.d/listen.conf",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(folder)/\(path)"), "\(path)")
        }
        let service = try String(
            contentsOfFile: "\(folder)/usr/local/lib/systemd/system/roost.service",
            encoding: .utf8)
        #expect(service.contains("ExecStart=/usr/local/bin/roost serve"))
        // With certificates no crash leaves a file with the memory, which has the key.
        let dropIn = try String(
            contentsOfFile: "\(folder)/usr/local/share/doc/roost/examples/tls.conf",
            encoding: .utf8)
        #expect(dropIn.contains("\nLimitCORE=0\n") && dropIn.contains("\nLoadCredential=tls-key:"))
        try "mine = 1".write(
            toFile: "\(folder)/etc/roost/roost.conf", atomically: true, encoding: .utf8)
        #expect(try output(command).status == 0)
        #expect(
            try String(contentsOfFile: "\(folder)/etc/roost/roost.conf", encoding: .utf8)
                == "mine = 1")
    }
}

// The configuration file: checked, refused at the start, and reloaded.
import Foundation
import Glibc
import TestSupport
import Testing

@testable import CommandLineOptions
@testable import roost

@Suite struct ConfigurationTests {
    /// A temporary file.
    private final class TemporaryFile {
        let path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).conf"
        init(_ text: String) throws { try write(text) }
        func write(_ text: String) throws {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        deinit { unlink(path) }
    }

    /// The names come from the property wrappers, as in ArgumentParser.
    @Test func `Every flag of the help is a key, and nothing else is`() throws {
        let help = try Run([BuildProducts.path("roost"), "serve", "--help"]).end().output
        let pattern = try NSRegularExpression(
            pattern: "^  (?:-h, )?--([a-z-]+)", options: .anchorsMatchLines)
        let flags = pattern.matches(in: help, range: NSRange(help.startIndex..., in: help)).map {
            String(help[Range($0.range(at: 1), in: help)!])
        }
        #expect(flags.count > 15)
        let known = FlagName.all(of: Serve.self)
        #expect(Set(known.map(\.text)).union(["help", "version"]) == Set(flags))
        #expect(known.first { $0.text == "no-limits" }?.isSwitch == true)
        #expect(known.first { $0.text == "origin" }?.isSwitch == false)
    }

    @Test func `check-config says which line, or that all is well`() throws {
        let file = try TemporaryFile("max-message = 1K\nnonsense\n")
        let roost = BuildProducts.path("roost")
        let bad = try Run([roost, "check-config", file.path]).end()
        #expect(bad.status == 78)
        #expect(bad.errors == "\(file.path):2: This is no setting. Write: key = value\n")
        try file.write("max-message = 1K\n")
        let good = try Run([roost, "check-config", file.path]).end()
        #expect(good.status == 0)
        #expect(good.output == "\(file.path) is good: 1 setting.\n")
        try file.write("# no-limits = yes\r\n\r\n")
        let nothing = try Run([roost, "check-config", file.path]).end()
        #expect(nothing.output.hasPrefix("\(file.path) is good, but sets nothing"))
        let missing = try Run([roost, "check-config", "/nonexistent.conf"]).end()
        #expect(missing.status == 78)
        #expect(missing.errors.hasPrefix("Cannot read /nonexistent.conf: No such file"))
    }

    /// check-config reports what would make the start fail.
    @Test(arguments: [
        ("control-group = nobodys", "--control-group: there is no group 'nobodys'."),
        ("admin-group = no-such-group", "--admin-group: there is no group 'no-such-group'."),
        (
            "publish-token-file = /nonexistent",
            "Cannot read /nonexistent: No such file or directory."
        ),
    ])
    func `check-config looks for the files and groups in the configuration`(
        text: String, sentence: String
    ) throws {
        let file = try TemporaryFile(text)
        let bad = try Run([BuildProducts.path("roost"), "check-config", file.path]).end()
        #expect(bad.status == 78)
        #expect(bad.errors == "\(file.path): \(sentence)\n")
    }

    @Test func `A server does not start with a bad file, and explains it`() throws {
        let file = try TemporaryFile("max-mesage = 1K\n")
        let end = try Run(command("roost", port: "0", "--config", file.path)).end()
        #expect(end.status == 78)
        #expect(end.output == "")
        #expect(end.errors.contains("\(file.path):1: There is no setting 'max-mesage'."))
    }

    @Test func `A signal applies a good file to open connections, and ignores a bad one`() throws {
        let manager = DatagramReceiver()
        let file = try TemporaryFile("max-message = 100\n")
        let run = try Run(
            command("roost", port: "0", "--config", file.path, "--control", "off"),
            environment: ["NOTIFY_SOCKET": manager.path])
        let port = port(of: try #require(run.address()))
        let (first, second) = (Client(port: port), Client(port: port))
        #expect(first.upgrade() != nil && second.upgrade() != nil)
        func reload() {
            kill(run.process.processIdentifier, SIGHUP)
            #expect(manager.texts { $0.hasPrefix("RELOADING=1") } != nil)
            #expect(manager.texts { $0.hasPrefix("READY=1") } != nil)
        }
        #expect(manager.texts { $0.hasPrefix("READY=1") } != nil)
        try file.write("\u{FEFF}max-message = 10\r\nport = 1\r\n")
        reload()
        try file.write("max-message = 100\nwhat = ever\n")
        reload()
        second.sendText(#"{"type":"login","user":"a"}"#)
        #expect(second.frame()?.payload.starts(with: [0x03, 0xF1]) == true)
        try file.write("")
        reload()
        first.sendText(#"{"type":"login","user":"a"}"#)
        #expect(first.text()?.contains("welcome") == true)
        kill(run.process.processIdentifier, SIGTERM)
        while let frame = first.frame(), frame.opcode != 8 {}
        first.close()
        let said = run.end().errors
        #expect(said.contains("\(file.path):2: There is no setting 'what'"))
        #expect(said.contains("changes to max-message apply from now on."))
    }
}

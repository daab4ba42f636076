// The settings without ArgumentParser: what it would read, or nothing.
import Foundation
import TestSupport
import Testing

@testable import CommandLineOptions
@testable import roost

@Suite struct PlainArgumentsTests {
    /// A value for each flag that has one, other than its default.
    private static let values = [
        "port": "1", "host": "::1", "max-message": "2K", "max-head": "3k", "max-connections": "4",
        "per-address": "off", "rate-limit": "5", "outbox": "6", "topic-log": "1M", "unsent": "7K",
        "origin": "a.org,app://b", "host-name": "c.org", "compression": "off",
        "client-window": "9", "trusted-proxy": "10.0.0.0/8", "address-share": "50",
        "memory": "17M", "stall-timeout": "1.5", "handshake-timeout": "2", "message-timeout": "3",
        "tls-certificate": "a b", "tls-key": "=", "tls-certificates": "/d", "tls-client-ca": "e",
        "tls-client-certificate": "optional", "tls-ticket-keys": "f", "tls-minimum-version": "1.3",
        "tls-record-layer": "openssl", "redirect-http": "0.0.0.0:80", "https-port": "444",
        "hsts": "1d", "rooms": "10", "rooms-per-address": "11", "moderator": "kim",
        "auth": "token", "auth-key": "/k", "public-read": "off", "history": "memory",
        "ack": "fast", "history-size": "1G", "history-age": "90d", "history-messages": "12",
        "history-per-address": "13M", "engine": "redis://h:7", "engine-prefix": "staff",
        "control": "off", "control-group": "g", "admin-group": "h",
        "publish-token-file": "/t", "metrics": "localhost:9100", "metrics-host-name": "d.org",
        "config": "/c", "idle-exit": "10min", "log": "text", "acme-directory": "/w",
        "log-level": "debug",
    ]

    private static let flags = FlagName.all(of: Serve.self)

    /// All values, and those of the groups within.
    private static func description(_ arguments: [String]) throws -> String {
        String(describing: try Serve.parse(arguments))
    }

    @Test func `Each flag has a value here, and the switches are known`() {
        let (switches, others) = (
            Self.flags.filter(\.isSwitch).map(\.text), Self.flags.filter { !$0.isSwitch }
        )
        #expect(Set(switches) == Serve.switches)
        #expect(Set(others.map(\.text)) == Set(Self.values.keys))
    }

    @Test func `Each flag alone, and all together, are what the parser makes of them`() throws {
        var all: [String] = []
        var lists = [[]] as [[String]]
        for flag in Self.flags {
            let name = "--\(flag.text)"
            guard let value = Self.values[flag.text] else {
                lists.append([name])
                all.append(name)
                continue
            }
            lists += [["\(name)=\(value)"], [name, value]]
            all += ["\(name)=\(value)"]
            if flag.mayRepeat {
                lists.append([name, value, name, value])
                all += [name, value]
            }
        }
        lists.append(all)
        for arguments in lists {
            // It needs a key; or tokens.
            if arguments == ["--auth=token"] || arguments == ["--auth", "token"] { continue }
            if arguments == ["--engine=redis://h:7"] || arguments == ["--engine", "redis://h:7"] {
                continue
            }
            let plain = try #require(Serve(plain: arguments), "\(arguments)")
            #expect(String(describing: plain) == (try Self.description(arguments)))
        }
    }

    @Test(arguments: [
        // Another command, help, and what ends the flags.
        ["status"], ["serve"], ["-h"], ["--help"], ["--version"], ["--"], ["-"], [""],
        // A value too few, too many, or of another kind.
        ["--port"], ["--port", "--reuse-port"], ["--port="], ["--port=x"], ["--port", "-1"],
        ["--port", "1", "2"], ["--no-limits=yes"], ["--no-limits", "yes"], ["--log-level=loud"],
        // The last one would count, or the first.
        ["--port=1", "--port=2"], ["--no-limits", "--no-limits"],
        // No such flag.
        ["--nonsense=1"], ["--Port=1"], ["--por=1"], ["--=1"],
        // Values that no server can use.
        ["--rooms=0"], ["--max-head=1"], ["--https-port=0"], ["--history="], ["--auth=jwt"],
        ["--metrics-host-name=a b"], ["--history-size=1K"], ["--engine=redis://h"],
        ["--engine-prefix=a b"],
    ])
    func `What is unusual or wrong is for the parser`(arguments: [String]) {
        #expect(Serve(plain: arguments) == nil)
    }

    // MARK: The configuration file

    /// What both make of a file.
    private func compare(_ text: String, given: [String] = []) throws -> Bool {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).conf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        guard let plain = try Settings.plain(config: path, given: given) else { return false }
        let parsed = try Settings.serve(config: path, given: given)
        #expect(plain.arguments == parsed.arguments)
        #expect(String(describing: plain.command) == String(describing: parsed.command))
        return true
    }

    @Test func `A file is read as the parser reads it`() throws {
        let installed = BuildProducts.packageRoot.appendingPathComponent("deploy/roost.conf").path
        let text = try String(contentsOfFile: installed, encoding: .utf8)
        #expect(try compare(text))
        let settings = text.split(separator: "\n").filter {
            $0.hasPrefix("#") && $0.contains(" = ") && !$0.hasPrefix("# ")
        }
        #expect(try compare(settings.map { $0.dropFirst() }.joined(separator: "\n")))
        let file = """
            # a comment
              max-message =  32K\u{20}
            no-limits = No
            reuse-port = on
            moderator = kim
            moderator = lou
            """
        #expect(try compare(file))
        #expect(try compare(file, given: ["--config", "/c", "--max-message", "1K"]))
        #expect(try compare(file, given: ["--config=/c", "--reuse-port", "--moderator=mo"]))
        #expect(try compare(""))
    }

    @Test(arguments: [
        "nonsense", "= 5", "config = /etc/x", "version = yes", "no-limits = maybe", "xyzzy = 1",
        "outbox = 1K\noutbox = 2K", "max-message = 12q", "rooms = 0", "port = 99999",
    ])
    func `A file with a mistake is for the parser`(text: String) throws {
        #expect(try !compare(text))
    }
}

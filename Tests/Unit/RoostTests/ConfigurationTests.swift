// The configuration file: its contents, and the messages about a bad one.
import Foundation
import Glibc
import TestSupport
import Testing
import WebSocketServer

@testable import CommandLineOptions
@testable import roost

@Suite struct ConfigurationTests {
    private func arguments(
        _ text: String, given: [String] = []
    ) throws -> [String] {
        try ConfigurationFile(text, path: "F").arguments(
            for: Serve.self, excluding: Settings.commandLineOnly, given: given)
    }

    private func sentences(_ text: String) -> [String] {
        do {
            _ = try arguments(text)
            return []
        } catch {
            return (error as? ConfigurationError)?.sentences ?? ["\(error)"]
        }
    }

    @Test func `Lines become arguments`() throws {
        let text = """
            # a comment
              max-message =  32K\u{20}
            origin=a.org,b.org

            no-limits = no
            reuse-port = yes
            """
        #expect(
            try arguments(text) == ["--max-message=32K", "--origin=a.org,b.org", "--reuse-port"])
    }

    @Test(arguments: [["--max-message", "1K"], ["--max-message=1K"]])
    func `Flags override the file`(given: [String]) throws {
        #expect(try arguments("max-message = 2K\noutbox = 3K", given: given) == ["--outbox=3K"])
    }

    @Test(arguments: [
        ("nonsense", "F:1: This is no setting. Write: key = value"),
        ("= 5", "F:1: This is no setting. Write: key = value"),
        ("\n\nmax-mesage = 1K", "F:3: There is no setting 'max-mesage'. Is it 'max-message'?"),
        ("xyzzy = 1", "F:1: There is no setting 'xyzzy'. 'roost serve --help' lists them."),
        ("config = /etc/x", "F:1: There is no setting 'config'."),
        ("no-limits = maybe", "F:1: 'no-limits' takes yes or no, not 'maybe'."),
        ("outbox = 1K\noutbox = 2K", "F:2: 'outbox' is set in line 1 already. Remove one."),
        (
            "max-message = 12q",
            "F:1: 'max-message' takes a number of bytes such as 65536, 64K or 1M, not '12q'. The "
                + "largest message, in bytes"
        ),
        (
            "idle-exit = soon",
            "F:1: 'idle-exit' takes a time such as 90s, 10min or 1h 30min, not 'soon'. End after"
        ),
        (
            "log-level = loud",
            "F:1: 'log-level' takes 'debug', 'info', 'notice', 'warning' or 'error', not 'loud'. "
                + "The lowest level that is logged"
        ),
        ("log = file", "F:1: 'log' takes 'journal', 'prefixed' or 'text', not 'file'. Where"),
        ("compression = maybe", "F:1: 'compression' takes 'on' or 'off', not 'maybe'. Whether"),
        ("per-address = none", "F:1: 'per-address' takes a whole number above 0, or 'off', not"),
        ("max-connections = many", "F:1: 'max-connections' takes a whole number, not 'many'. The"),
        ("handshake-timeout = x", "F:1: 'handshake-timeout' takes a number, not 'x'. How many"),
        ("metrics = 9100", "F:1: 'metrics' takes an address and a port such as 127.0.0.1:9100, no"),
        (
            "trusted-proxy = 10.0.0.1/8",
            "F:1: 'trusted-proxy' takes an address, a range of addresses, or 'unix', not '10.0.0.1/"
        ),
        (
            "port = 99999",
            "F:1: 'port' takes a whole number from 0 to 65535, not '99999'. The port to listen on;"
        ),
        ("max-connections = 0", "F:1: --max-connections must be at least 1."),
        ("rooms = 0", "F:1: --rooms must be between 1 and 1000000."),
        ("rooms-per-address = 0", "F:1: 'rooms-per-address' takes a whole number above 0, or 'off"),
        ("max-head = 16q", "F:1: 'max-head' takes a number of bytes such as 65536, 64K or 1M, n"),
        ("max-head = 1000", "F:1: --max-head must be between 1K and 1M."),
        ("max-head = 2M", "F:1: --max-head must be between 1K and 1M."),
        (
            "origin = https://a.org/chat",
            "F:1: --origin: \"https://a.org/chat\" admits no page. An origin is scheme://host"
        ),
        ("origin = a.org,*.b.org", "F:1: --origin: \"*.b.org\" admits no page. There are no wild"),
        ("origin = a.org:8080", "F:1: --origin: \"a.org:8080\" admits no page. A host is listed"),
        ("origin = a.org,,b.org", "F:1: --origin: \"\" admits no page. Remove a comma."),
        ("origin = same,a.org", "F:1: --origin: 'same' stands alone, without a list of hosts."),
    ])
    func `A bad line is reported with a hint`(text: String, sentence: String) {
        let said = sentences(text)
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix(sentence) == true, "\(said)")
    }

    @Test(arguments: [
        ("same", OriginPolicy.sameHost), ("any", .any), ("a.org", .hosts(["a.org"])),
        (" a.org , app://localhost,[::1]", .hosts(["a.org", "app://localhost", "[::1]"])),
    ])
    func `The policy of an origin setting`(text: String, policy: OriginPolicy) throws {
        let arguments = try arguments("origin = \(text)\nmax-head = 32k")
        let settings = try Serve.parse(arguments)
        #expect(settings.options.originPolicy() == policy)
        #expect(settings.options.limits.headByteCount == 32 * 1024)
        #expect(try Serve.parse([]).options.limits.headByteCount == 16 * 1024)
    }

    @Test func `All bad lines are named at once`() {
        #expect(sentences("a = 1\nmax-message = 1K\nb = 2\nno-limits = 7").count == 3)
        // A line that is none hides nothing, and the lines keep their order.
        let mixed = sentences("port = 1\nbogus\nmax-mesage = 64K\nlog-level = loud\n= 7")
        #expect(mixed.map { $0.prefix(4) } == ["F:2:", "F:3:", "F:4:", "F:5:"], "\(mixed)")
    }

    @Test func `Every setting that can be reloaded is a flag`() {
        let known = Set(FlagName.all(of: Serve.self).map(\.text))
        #expect(Reloader.live.subtracting(known) == [])
    }

    @Test func `The installed file is valid, also with every line enabled`() throws {
        let path = BuildProducts.packageRoot.appendingPathComponent("deploy/roost.conf").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(sentences(text) == [])
        let settings = text.split(separator: "\n").filter {
            $0.hasPrefix("#") && $0.contains(" = ") && !$0.hasPrefix("# ")
        }
        #expect(settings.count > 5)
        #expect(sentences(settings.map { $0.dropFirst() }.joined(separator: "\n")) == [])
    }

    @Test(arguments: [
        ("90", 90.0), ("90s", 90), ("10min", 600), ("1h 30min", 5400), ("500ms", 0.5),
        ("1d", 86_400),
        ("1.5h", 5400),
    ])
    func `Spans of time`(text: String, seconds: Double) {
        #expect(TimeSpan(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: ["", "0", "-5s", "5 parsecs", "min", "1..5s", "99999999999d"])
    func `Invalid spans of time`(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    /// A list with a name that no page can have would let nobody in, and say nothing.
    @Test(arguments: [
        ("a.org,b-c.org", true), ("localhost", true), ("192.0.2.7", true), ("[2001:db8::1]", true),
        ("https://a.org", true), ("a.org, b.org", true),
        ("a.org:8080", false), ("\"a.org\"", false), ("\u{201C}a.org\u{201D}", false),
        ("*.a.org", false), ("a.org,", false), ("caf\u{E9}.org", false), ("[a.org]", false),
        ("", false),
    ])
    func `Hosts and origins`(text: String, isAccepted: Bool) throws {
        let rule = try #require(OriginRule(argument: text))
        #expect((rule.flaw == nil) == isAccepted, "\(rule.flaw ?? "")")
    }

    @Test func `A file that sets nothing any more is said so`() throws {
        let path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).conf"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "# max-message = 1K\n".write(toFile: path, atomically: false, encoding: .utf8)
        var reloader = Reloader(path, given: [], current: ["--max-message=1K"])
        let (_, summary) = try reloader.read()
        #expect(summary.hasSuffix("changes to max-message apply from now on. It sets nothing now."))
        #expect(try reloader.read().summary == "\(path) was read: nothing has changed.")
        #expect(CheckConfig.praise("F", settingCount: 0).hasPrefix("F is good, but sets nothing"))
    }

    /// It would make the loop wait for ever.
    @Test func `A pipe is not read again`() throws {
        let path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).pipe"
        defer { unlink(path) }
        #expect(mkfifo(path, 0o600) == 0)
        var reloader = Reloader(path, given: [], current: [])
        let failure = #expect(throws: ReloadFailure.self) { try reloader.read() }
        #expect(failure?.sentence.contains("again: ") == true, "\(failure?.sentence ?? "")")
    }

    @Test func `The operator's page names the settings that a reload applies`() throws {
        let file = BuildProducts.packageRoot.appendingPathComponent("deploy/OPERATING.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(page.firstRange(of: "At once hold:")).upperBound
        let list = page[start...].prefix { $0 != "." }.replacing("\n", with: " ")
        for key in Reloader.live where key != "publish-token-file" {
            #expect(list.contains("`\(key)`"), "\(key)")
        }
        #expect(list.contains("publish tokens"))
        #expect(list.matches(of: /`/).count == 2 * (Reloader.live.count - 1))
    }
}

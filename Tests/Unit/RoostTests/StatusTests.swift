// The status, as values and on the screen.
import ChatRooms
import CommandLineOptions
import Foundation
import Glibc
import Testing
import WebSocketServer

import struct ChatDatabase.DatabaseFigures

@testable import roost

@Suite struct StatusTests {
    private var report: StatusReport {
        var report = StatusReport()
        report.process = 77
        report.uptime = .seconds(3 * 86_400 + 4 * 3600 + 59)
        report.gauges.openCount = 1204
        report.connectionLimit = 19_904
        report.userCount = 1020
        report.roomCount = 1
        report.busiestRooms = [("lobby", 820), ("straße", 44)]
        report.residentByteCount = 40 << 20
        report.statistics.refusalCounts[Refusal.tooManyFromAddress.rawValue] = 10
        report.statistics.refusalCounts[Refusal.request.rawValue] = 2
        return report
    }

    @Test func `The status fits on one screen, and has all figures`() {
        let lines = report.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 })
        for words in [
            "roost \(Version.current) is serving, process 77, for 3 d 4 h",
            "1,204 of at most 19,904",
            "1,020 users in 1 room", "lobby 820, straße 44", "40 MB",
            "12: too many from address 10, request 2",
        ] {
            #expect(report.screen.contains(words), "\(words)")
        }
    }

    @Test func `Slow connections are shown if there are any`() {
        var report = report
        #expect(!report.screen.contains("slow readers"))
        report.gauges.blockedCount = 2
        report.gauges.outboxByteCount = 3 << 20
        report.gauges.cursorLagByteCount = 1500
        #expect(report.screen.contains("2, unread 3.0 MB, at most 1.5 KB behind a room"))
    }

    /// With every reason, and the longest path that is usual.
    @Test(arguments: [nil] + StoreState.Reason.allCases)
    func `What the database keeps, or why it keeps nothing and what to do`(
        reason: StoreState.Reason?
    ) throws {
        var report = report
        var figures = DatabaseFigures()
        figures.path = "/home/somebody/.local/share/roost/roost.db"
        (figures.entryCount, figures.usedByteCount, figures.byteLimit) = (12, 4 << 20, 2 << 30)
        figures.commitTime.add(1_500_000)
        if let reason { figures.state = .fails(reason) }
        report.historyProblem = reason.map { figures.sentence(for: $0) }
        report.history = figures
        let lines = report.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 }, "\(report.screen)")
        guard let reason else {
            #expect(report.screen.contains("12 messages, 4.0 MB of 2.0 GB, last commit 1.5 ms"))
            return
        }
        #expect(report.screen.contains("nothing just now (\(reason.rawValue))\n"))
        let words = report.screen.split { $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains(figures.sentence(for: reason)), "\(report.screen)")
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        let database = object["database"] as? [String: Any]
        #expect(database?["problem"] as? String == figures.sentence(for: reason))
        #expect(database?["state"] as? String == reason.rawValue)
    }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("aa bb cc", ["aa bb", "cc"]), ("longer aa", ["longer", "aa"]),
        ("aa longer", ["aa", "longer"]),
    ])
    func `Words are wrapped`(text: String, lines: [String]) {
        #expect(StatusReport.wrapped(text, width: 5) == lines)
    }

    @Test func `The JSON is JSON, with numbers`() throws {
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["connections"] as? Int == 1204)
        #expect(object["version"] as? String == Version.current)
        #expect(object["state"] as? String == "serving")
        #expect(object["uptime_seconds"] as? Double == 273_659)
        #expect((object["busiest_rooms"] as? [String: Int])?["straße"] == 44)
        #expect((object["refused"] as? [String: Int])?["request"] == 2)
    }

    @Test func `Rates are of the last ten seconds`() {
        var rates = Rates()
        var statistics = Statistics()
        #expect(rates.perSecond(\.messagesIn) == 0)
        for second in 0..<20 {
            statistics.messagesReceivedCount += second < 5 ? 1000 : 7
            rates.note(statistics, at: Instant(nanoseconds: UInt64(second) * 1_000_000_000))
        }
        #expect(rates.perSecond(\.messagesIn) == 7)
        #expect(rates.perSecond(\.bytesOut) == 0)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1536, "1.5 KB"), (10_240, "10 KB"),
        (5 << 30, "5.0 GB"), (2 << 40, "2048 GB"),
    ])
    func `Bytes as people read them`(number: Int, text: String) {
        #expect(Figures.bytes(number) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
    ])
    func `Counts as people read them`(number: Int, text: String) {
        #expect(Figures.count(number) == text)
    }

    @Test(arguments: [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (86_400, "1 d 0 h")])
    func `Times as people read them`(seconds: Int, text: String) {
        #expect(Figures.duration(.seconds(seconds)) == text)
    }

    @Test func `Durations fall into buckets that double`() {
        var histogram = LatencyHistogram()
        for nanoseconds in [0, 131_072, 131_073, 262_144, 1 << 33, (1 << 33) + 1] as [Int64] {
            histogram.record(.nanoseconds(nanoseconds))
        }
        #expect(histogram.counts[0] == 2 && histogram.counts[1] == 2)
        #expect(histogram.counts[16] == 1 && histogram.counts[17] == 1)
        #expect(histogram.count == 6)
        #expect(histogram.quantile(0.5) == .nanoseconds(262_144))
        #expect(histogram.quantile(1) == nil)
        #expect(LatencyHistogram().quantile(0.5) == nil)
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("straße", "stra%C3%9Fe"), ("a/b", "a%2Fb"), ("A-z_0.9~", "A-z_0.9~"),
        ("\n", "%0A"),
    ])
    func `A room in a path`(room: String, path: String) {
        #expect(Publish.percentEncoded(room) == path)
        #expect(RoomRequest("/rooms/\(path)/messages")?.room == room)
    }

    @Test(arguments: [
        (#"{"type":"error","code":"x","text":"Say \"a\" first."}"#, #"Say "a" first."#),
        ("Not allowed.\n", "Not allowed."),
        // Escapes of JSON; a character that begins with a quotation mark; a forged second line.
        (#"{"text":"a\nb\u0041\ud83d\ude00\/","x":1}"#, "a<U+000A>bA😀/"),
        ("{\"text\":\"\u{301}a\\\"\",\"x\":\"y\"}", "\u{301}a\""),
        (#"{"text":"\u001b[2J"}"#, "<U+001B>[2J"), ("\u{1B}[2J\r\n", "<U+001B>[2J"),
        (#"{"text":"cut"#, "cut"), (#"{"text":"\u00"#, "\u{FFFD}"),
    ])
    func `A refusal is a sentence`(body: String, sentence: String) {
        #expect(ControlTarget.sentence(body) == sentence)
    }

    /// JSON is looked at on terminals, too.
    @Test(arguments: [
        ("a\r\nb\t\"\\", #""a\r\nb\t\"\\""#), ("\u{1B}[2J", #""\u001b[2J""#),
        ("\u{9B}6n\u{7F}", #""\u009b6n\u007f""#), ("\u{202E}a", #""\u202ea""#),
        ("straße", #""straße""#), ("\"\u{301}", "\"\\\"\u{301}\""),
    ])
    func `Strings in JSON`(text: String, json: String) throws {
        #expect(JSONText.quoted(text) == json)
        #expect(JSONText.string("a", in: #"{"b":1,"a":\#(json)}"#) == text)
        let object = try JSONSerialization.jsonObject(with: Data(#"{"a":\#(json)}"#.utf8))
        #expect((object as? [String: String])?["a"] == text)
    }

    @Test func `A server that does not serve says why, on the screen and in JSON`() throws {
        var report = report
        report.faults = ["F:1: bad.", "F:2: \u{1B}worse."]
        #expect(report.screen.hasPrefix("roost \(Version.current) is not serving, process 77"))
        #expect(report.screen.contains("\n  F:1: bad.\n  F:2: "))
        #expect(!report.screen.contains("busiest rooms"))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["state"] as? String == "not_serving")
        #expect(object["faults"] as? [String] == report.faults)
    }

    @Test func `A label is one line of the metrics`() {
        var text = MetricsText(prefix: "x")
        text.sample("a", [("b", "1\r\n2\"\u{301}\\")], 1)
        #expect(text.text == "x_a{b=\"1\r\\n2\\\"\u{301}\\\\\"} 1\n")
    }

    @Test(arguments: [
        // As in proc(5), with a program whose name is made to confuse.
        ("7 (a) b (c)) S \(Array(repeating: "0", count: 18).joined(separator: " ")) 1000 9", 95.0),
        ("7 (roost) S 1 2", 100), ("", 100),
    ])
    func `The start of the process`(stat: String, seconds: Double) {
        #expect(
            ProcessFigures.startSeconds(
                ofStat: stat, now: 100, sinceBoot: 15, ticksPerSecond: 100) == seconds)
    }

    @Test func `The process knows its descriptors`() throws {
        let before = try #require(ProcessFigures.openDescriptorCount(connectionCount: 0))
        let more = (0..<100).map { _ in dup(0) }
        defer { for descriptor in more { close(descriptor) } }
        // Other tests open and close some at the same time.
        let after = try #require(ProcessFigures.openDescriptorCount(connectionCount: 0))
        #expect(after > before - 50 && after >= 100)
        #expect(ProcessFigures.descriptorLimit >= after)
        #expect(ProcessFigures.startSeconds > 1.7e9 && ProcessFigures.cpuSeconds > 0)
    }
}

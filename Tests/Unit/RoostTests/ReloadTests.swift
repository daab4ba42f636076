// Reloads that need another program: when, what is said of them, and what goes along.
import Foundation
import LinuxReactor
import Storage
import Testing
import WebSocketServer

@testable import CommandLineOptions
@testable import roost

@Suite struct ReloadTests {
    // MARK: Which

    private func check(_ before: String, _ now: String) throws {
        let path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).conf"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try before.write(toFile: path, atomically: false, encoding: .utf8)
        var reloader = Reloader(path, given: [], current: [])
        _ = try reloader.read()
        try now.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(reloader.hasChangeForNewProgram == now.contains("#new"), "\(now)")
    }

    @Test(arguments: [
        "rooms = 7", "port = 7", "rooms = 7\nhistory = memory", "nonsense = 7", "",
        "ack = fast\nhistory = memory",
        "#new\nack = fast", "#new\nack = fast\nport = 7", "#new\nrooms = 7\ntrusted-proxy = ::1",
    ])
    func `A change that holds only from a start needs another program`(now: String) throws {
        try check("rooms = 8", now)
    }

    @Test func `A setting that is not live is applied by another program, or needs a restart`() {
        let known = Set(FlagName.all(of: Serve.self).map(\.text))
        #expect(Reloader.fixed.subtracting(known) == [])
        #expect(Reloader.fixed.isDisjoint(with: Reloader.live))
        let reloader = Reloader("F", given: [], current: ["--ack=fast", "--port=7"])
        #expect(
            reloader.summary(since: ["--rooms=8"])
                == "F was read: changes to ack, rooms apply from now on. "
                + "A restart is needed for port.")
    }

    @Test func `This program is the installed one`() {
        #expect(InstalledProgram.path != nil && !InstalledProgram.isOther)
    }

    // MARK: What came of it

    private func outcome(_ json: String, of number: Int = 3) throws -> ReloadOutcome? {
        ReloadOutcome.outcome(of: number, try #require(JSONTree(json)))
    }

    @Test func `A command asks until the outcome is known`() throws {
        var progress = ReloadProgress()
        for _ in 0..<3 { progress.begin() }
        func status() -> String { #"{"reload":\#(progress.json.text)}"# }
        #expect(try outcome(status()) == nil)
        progress.end(.good, "Fine.")
        let good = try #require(try outcome(status()))
        #expect(good.isGood && good.words == "Fine.")
        progress.end(.bad, "No.")
        #expect(try outcome(status())?.isGood == false)
        // The next program has it, too.
        var writer = StateWriter()
        progress.save(to: &writer)
        var reader = StateReader(writer.finish())
        progress = try ReloadProgress(from: &reader)
        #expect(reader.isAtEnd)
        let bad = try #require(try outcome(status()))
        #expect(!bad.isGood && bad.words == "No.")
        #expect(try outcome(status(), of: 2)?.words.contains("Another reload") == true)
        #expect(try outcome(status(), of: 4)?.words.contains("restarted") == true)
        #expect(try outcome("{}")?.isGood == false)
        // It is known, too, when another has begun, in this program and in the next.
        progress.begin()
        writer = StateWriter()
        progress.save(to: &writer)
        progress.savePrevious(to: &writer)
        reader = StateReader(writer.finish())
        var next = try ReloadProgress(from: &reader)
        try next.restorePrevious(from: &reader)
        #expect(reader.isAtEnd && next.json.text == progress.json.text)
        let before = try #require(try outcome(status()))
        #expect(!before.isGood && before.words == "No.")
        #expect(try outcome(status(), of: 4) == nil)
    }

    // MARK: What goes along

    @Test func `Ends of connections go along, and nobody's`() throws {
        var log = EndLog()
        for number in 0..<5 {
            log.ended(
                ConnectionID(resourceID: UInt64(number), slot: 0),
                number == 2 ? .serverClosed(.kicked) : .slowConsumer(CloseCode(rawValue: 4001)),
                .ipv4(192, 0, 2, 1, port: 7), user: number == 3 ? nil : "user\(number)", age: 9,
                messageCount: number, wall: 5, sentence: "sentence \(number)")
        }
        var writer = StateWriter()
        log.save(to: &writer)
        var reader = StateReader(writer.finish())
        var next = EndLog()
        try next.restore(from: &reader)
        #expect(reader.isAtEnd)
        #expect(
            next.find(EndQuery()).map(\.json.text) == log.find(EndQuery()).map(\.json.text))
        #expect(next.find(EndQuery(user: "USER4")).count == 1)
    }

    @Test func `What root has sent is kept outside of the process's memory`() throws {
        let files: [String: [UInt8]] = ["tls-key": [1, 2, 3], "tls-certificate": [], "x": [9]]
        #expect(try HiddenFiles(files).read() == files)
    }

    @Test func `A next process gets no keys, since it reads them anew`() throws {
        var encryption = Encryption()
        encryption.keep(try HiddenFiles(["key.pem": [1, 2, 3]]))
        for withFiles in [true, false] {
            var writer = StateWriter()
            encryption.save(to: &writer, withFiles: withFiles)
            #expect((writer.finish().count > 4) == withFiles)
        }
    }

    @Test func `An address that guesses tokens waits on`() throws {
        let now = Instant(nanoseconds: 1_000_000_000)
        let guesser = NetworkAddress.ipv4(203, 0, 113, 7, port: 1)
        var guesses = TokenGuesses()
        for _ in 0..<10 { _ = guesses.failed(guesser, at: now) }
        var writer = StateWriter()
        guesses.save(to: &writer, at: now)
        var reader = StateReader(writer.finish())
        var next = TokenGuesses()
        let later = Instant(nanoseconds: 77_000_000_000)
        try next.restore(from: &reader, at: later)
        #expect(reader.isAtEnd && next.wrongCount == 10)
        #expect(next.wait(guesser, at: later) == 6)
        #expect(next.wait(.ipv4(203, 0, 113, 8, port: 1), at: later) == nil)
    }
}

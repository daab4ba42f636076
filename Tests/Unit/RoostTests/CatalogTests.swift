// Every logged event has an entry in the catalog, and nothing else has one.
import CommandLineOptions
import Foundation
import Logging
import SystemdSupport
import TestSupport
import Testing

@testable import WebSocketServer
@testable import roost

@Suite struct CatalogTests {
    private struct Entry {
        let id: String
        let subject: String
        let text: String
    }

    private func entries() throws -> [Entry] {
        let file = BuildProducts.packageRoot.appendingPathComponent("deploy/roost.catalog")
        return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n-- ")
            .dropFirst().map { part in
                let lines = part.components(separatedBy: "\n")
                let subject = lines.first { $0.hasPrefix("Subject: ") } ?? ""
                let text = part.components(separatedBy: "\n\n").dropFirst().joined(
                    separator: "\n\n")
                return Entry(
                    id: lines[0], subject: String(subject.dropFirst("Subject: ".count)), text: text)
            }
    }

    @Test func `Every event has its entry, and every entry its event`() throws {
        let ids = try entries().map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids) == Set(ServerEvent.allCases.map(\.messageID)))
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit } })
        #expect(Set(ServerEvent.allCases.map(\.messageID)).count == ServerEvent.allCases.count)
    }

    @Test func `Every entry says what it means and what to do`() throws {
        for entry in try entries() {
            #expect(!entry.subject.isEmpty)
            #expect(entry.text.count > 60, "\(entry.subject)")
        }
    }

    // MARK: Everything logged has an entry

    /// The program's own sources, without the list of events itself.
    private func sources() throws -> [String] {
        let folder = BuildProducts.packageRoot.appendingPathComponent("Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try paths.filter {
            $0.hasSuffix(".swift") && !$0.hasSuffix("/ServerEvent.swift")
                && !$0.hasPrefix("Examples/")
        }.map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
    }

    /// Reads back the records that `body` logs, field by field.
    private func records(_ body: (EventLog) -> Void) -> [[String: String]] {
        let journal = DatagramReceiver()
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        body(
            EventLog(logger: Logger(label: "roost") { _ in JournalLogHandler(log, level: .debug) }))
        var records: [[String: String]] = []
        // The kernel's queue is short: the rest follows.
        for _ in 0..<100 {
            while let bytes = journal.next(waits: false) {
                let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
                    $0.split(separator: "=", maxSplits: 1).map(String.init)
                }
                records.append(
                    Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 })
            }
            log.heartbeat()
        }
        return records
    }

    private let peer = NetworkAddress.ipv4(192, 0, 2, 7, port: 4000)

    private static let causes: [CloseCause] = [
        .peerClosed(.normal), .endOfStream, .connectionLost(104), .serverClosed(.policyViolation),
        .violation(.invalidUTF8), .pingTimeout, .memoryShort, .slowConsumer(.fellBehind), .stopping,
        .nameResolutionFailed(-2),
        .connectFailed(111), .handshakeRefused(.notFound), .handshakeFailed, .handshakeTimedOut,
        .restarting,
    ]

    @Test func `Every end of a connection is logged with an id, and its cause and code`() throws {
        #expect(Set(Self.causes.map(\.counterIndex)) == Set(0..<CloseCause.counterCount))
        let records = records { log in
            for (index, cause) in Self.causes.enumerated() {
                let id = ConnectionID(resourceID: UInt64(index), slot: UInt32(index))
                log.ended(id, cause, peer, EventLog.Party(user: "ann", rooms: ["lobby"]))
            }
        }
        #expect(records.count == Self.causes.count)
        let known = Set(try entries().map(\.id))
        for (record, cause) in zip(records, Self.causes) {
            #expect(known.contains(record["MESSAGE_ID"] ?? "none"), "\(cause)")
            #expect(record["ROOST_CAUSE"] == CloseCause.counterNames[cause.counterIndex])
            #expect(record["ROOST_CLOSE_CODE"] == "\(cause.code)")
            #expect(record["MESSAGE"]?.contains("errno") == false, "words, not numbers")
            #expect(record["ROOST_USER"] == "ann" && record["ROOST_ROOM"] == "lobby")
            #expect(record["ROOST_PEER"] == "192.0.2.7")
            #expect(record["ROOST_CONNECTION"] != nil && record["PRIORITY"] != nil)
        }
    }

    @Test func `Every refusal is logged with an id, and its cause`() throws {
        let records = records { log in
            for refusal in Refusal.allCases {
                log.refused(
                    RefusedConnection(
                        refusal: refusal, peer: peer, status: .forbidden, reason: "No."))
            }
        }
        #expect(records.count == Refusal.allCases.count)
        let known = Set(try entries().map(\.id))
        for (record, refusal) in zip(records, Refusal.allCases) {
            #expect(known.contains(record["MESSAGE_ID"] ?? "none"), "\(refusal)")
            #expect(record["ROOST_CAUSE"] == refusal.name, "as the metrics call it")
            #expect(record["ROOST_STATUS"] == "403" && record["ROOST_PEER"] == "192.0.2.7")
        }
    }

    @Test func `Every event is logged somewhere, and the library's names are events`() throws {
        let text = try sources().joined(separator: "\n")
        for event in ServerEvent.allCases {
            #expect(
                text.contains(".\(event)") || text.contains("\"\(event.rawValue)\""), "\(event)")
        }
        let named = text.matches(of: /"?event"?: "([a-z-]+)"/).map { String($0.1) }
        #expect(named.count >= 3)
        for name in named where name != "known" {
            #expect(ServerEvent(rawValue: name) != nil, "\(name)")
        }
    }

    @Test func `Fields and settings that an entry names exist`() throws {
        let text = try sources().joined(separator: "\n")
        let help = Serve.helpMessage(columns: 100)
        // Hyphenated words that are not settings.
        let words: Set = [
            "check-config", "time-out", "xeu", "list-catalog", "update-catalog", "systemd-journald",
            "try-again", "held-back", "send-proxy", "check-handover",
        ]
        for entry in try entries() {
            for match in entry.text.matches(of: /@ROOST_([A-Z_]+)@/) {
                let key = match.1.lowercased().replacing("_", with: "-")
                #expect(text.contains("\"\(key)\""), "\(key) in '\(entry.subject)'")
            }
            for match in entry.text.matches(of: /\b[a-z]+(-[a-z]+)+\b/)
            where !words.contains(String(match.0)) {
                #expect(help.contains("--\(match.0)"), "\(match.0) in '\(entry.subject)'")
            }
        }
    }
}

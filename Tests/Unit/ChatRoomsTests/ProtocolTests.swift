// PROTOCOL.md against the chat: its conversation is held, and its tables have what the code has.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct ProtocolTests {
    private let text: String

    init() throws {
        text = try String(contentsOf: repository("Sources/ChatRooms/PROTOCOL.md"), encoding: .utf8)
    }

    /// The lines of a section, up to the next one.
    private func section(_ title: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.firstIndex { $0.hasPrefix("## \(title)") }
        #expect(start != nil, "There is no section \(title)")
        return Array(lines[((start ?? 0) + 1)...].prefix { !$0.hasPrefix("## ") })
    }

    /// The cells of a section's table, without its head.
    private func table(_ title: String) -> [[String]] {
        section(title).filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What stands between backticks.
    private func code(_ cell: String) -> [String] {
        cell.matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    @Test func `The conversation goes as it is written`() {
        let world = World(ChatLimits())
        var keys: [String: ConnectionKey] = [:]
        var heardCounts: [String: Int] = [:]
        var count = 0
        for line in section("A conversation") {
            if line.hasPrefix("$ roost mod ") {
                #expect(world.setModerator(String(line.dropFirst(12))))
            }
            guard let found = line.wholeMatch(of: /(\w+) ([<>]) (\{.*\})/) else { continue }
            count += 1
            let (name, direction, json) = (String(found.1), found.2, String(found.3))
            let key = keys[name] ?? world.open(UInt32(keys.count))
            keys[name] = key
            if direction == ">" {
                #expect(world.heard(key).count == heardCounts[name, default: 0], "before \(line)")
                // So that nobody is too fast, at one time of the day.
                world.now.monotonic += 250
                world.send(key, json)
                continue
            }
            let place = heardCounts[name, default: 0]
            heardCounts[name] = place + 1
            let heard = world.heard(key)
            guard heard.indices.contains(place) else {
                Issue.record("Nothing was sent where the page says \(line)")
                continue
            }
            #expect(matches(heard[place], parse(json)), "\(line)\nis \(heard[place])")
        }
        for (name, key) in keys {
            let more = world.heard(key).dropFirst(heardCounts[name] ?? 0)
            #expect(more.isEmpty, "\(name) gets \(more)")
        }
        #expect(count > 20)
    }

    /// Whether `written` is `sent`: "…" is any text.
    private func matches(_ sent: Any, _ written: Any) -> Bool {
        switch (sent, written) {
        case (_ as String, "…" as String): true
        case (let sent as JSON, let written as JSON):
            Set(sent.keys) == Set(written.keys)
                && sent.allSatisfy { matches($0.value, written[$0.key]!) }
        case (let sent as [Any], let written as [Any]):
            sent.count == written.count && zip(sent, written).allSatisfy { matches($0, $1) }
        default: (sent as! NSObject) == (written as! NSObject)
        }
    }

    @Test func `The conversation has every command and every message`() {
        let lines = section("A conversation").joined(separator: "\n")
        for type in CommandType.allCases {
            #expect(lines.contains("> {\"type\":\"\(type.name)\""))
        }
        // No command of these brings `read`: nobody has two connections.
        for row in table("Messages") where code(row[0])[0] != "read" {
            #expect(lines.contains("< {\"type\":\"\(code(row[0])[0])\""))
        }
    }

    @Test func `The commands are those of the server`() {
        let rows = table("Commands")
        #expect(Set(rows.map { code($0[0])[0] }) == Set(CommandType.allCases.map { "\($0.name)" }))
        #expect(rows.count == CommandType.allCases.count)
        // Each field is read by the server, and each field that it reads is said.
        let fields = rows.flatMap { code($0[1]) }.filter { $0 != "lobby" && $0 != "\"*\"" }
        let known = Set(Field.allCases.map { "\($0.name)" })
        #expect(Set(fields).union(["type", "ref"]) == known)
    }

    /// Without a field that a command needs, it is refused; without all others, it is not.
    @Test func `A field is optional where the page says so`() {
        let values = [
            "user": #""bob""#, "room": #""lobby""#, "text": #""x""#, "before": "1", "after": "0",
            "limit": "5", "join": "false", "session": #""x""#, "id": #""1""#,
            "since": #"{"epoch":"a","offset":0}"#, "password": #""12345678""#, "offset": "1",
            "emoji": #""👍""#, "to": #""bob""#,
        ]
        for row in table("Commands") {
            let type = code(row[0])[0]
            let parts = row[1].components(separatedBy: "optional")
            var needed = code(parts[0]).filter { $0 != "\"*\"" }
            let action = ModerationAction(rawValue: type)
            if type == "history" { needed.removeAll { $0 == "after" } }
            for missing in [nil] + needed.map(Optional.some) {
                let world = World()
                let key = type == "login" ? world.open(0) : world.login(0, "ann")
                if type != "login" {
                    world.send(key, #"{"type":"message","text":"to be changed"}"#)
                }
                if needed.contains("to") || type.hasSuffix("invite") { _ = world.login(1, "bob") }
                if type.hasSuffix("invite") {
                    world.send(key, #"{"type":"create","room":"backstage"}"#)
                }
                // It needs an account.
                if type == "topic" {
                    world.send(key, #"{"type":"account","password":"12345678"}"#)
                }
                let isForModerators = action != nil || type == "sanctions"
                if isForModerators { world.enterModerator() }
                if let action {
                    _ = world.login(1, "bob")
                    if action == .unban { world.order(.ban, "lobby", "bob") }
                    if action == .unmute { world.order(.mute, "lobby", "bob") }
                }
                let fields = needed.filter { $0 != missing }.map { field in
                    let isPrivate = field == "room" && type.hasSuffix("invite")
                    let value =
                        isPrivate ? #""backstage""# : type == "create" ? #""new""# : values[field]!
                    return "\"\(field)\":\(value)"
                }
                let json = "{" + (["\"type\":\"\(type)\""] + fields).joined(separator: ",") + "}"
                let sender = isForModerators ? world.connections[50]! : key
                let code = world.send(sender, json).last?.code
                #expect(code == (missing == nil ? nil : "bad_request"), "\(json)")
            }
        }
    }

    @Test func `The error codes are those of the server`() {
        let rows = table("Errors")
        #expect(rows.map { code($0[0])[0] } == rows.map { code($0[0])[0] }.uniqued)
        #expect(Set(rows.map { code($0[0])[0] }) == Set(ErrorCode.allCases.map { "\($0.name)" }))
    }

    @Test func `The messages are the ones of the server`() throws {
        var written: Set<String> = []
        let folder = repository("Sources/ChatRooms")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasSuffix(".swift") {
            let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for line in source.split(separator: "\n") where !line.contains("///") {
                for found in line.matches(of: /begin\("(\w+)"|append\("\{\\"type\\":\\"(\w+)/) {
                    written.insert(String(found.1 ?? found.2!))
                }
            }
        }
        written.formUnion(EntryKind.allCases.map { "\($0.name)" })
        #expect(Set(table("Messages").map { code($0[0])[0] }) == written)
    }

    @Test func `Messages have the fields that the page says`() {
        let lines = section("A conversation").filter { $0.contains(" < ") }.map {
            parse(String($0.drop { $0 != "{" }))
        }
        for row in table("Messages") where !row[1].contains("`count`), `count`") {
            let (type, fields) = (code(row[0])[0], Set(code(row[1])))
            for message in lines where message.type == type {
                let extra = Set(message.keys).subtracting(fields).subtracting(["type", "ref"])
                #expect(extra.isEmpty, "\(type) has \(extra)")
            }
        }
    }

    @Test func `The numbers are the server's`() {
        let limits = ChatLimits()
        let numbers = [
            "A user name has 1–\(Name.userScalarLimit) and",
            "a room name 1–\(Name.roomScalarLimit).",
            "1–\(grouped(limits.textScalarLimit)) characters",
            "(\(limits.connectionsPerUserLimit) connections at",
            "their session for \(limits.nameReservation.milliseconds / 1000) s",
            "for \(limits.sessionLifetime.milliseconds / 3_600_000) h the",
            "remembers \(grouped(limits.goneUserLimit)) such",
            "at most \(limits.whoNameLimit) names".capitalizedFirst,
            "every \(limits.typingInterval.milliseconds / 1000) s is passed on",
            "newest \(grouped(limits.messagesPerRoomLimit)) messages or",
            "messages or \(limits.historyByteLimitPerRoom >> 10) KiB",
            "together \(limits.historyByteLimit >> 20) MiB",
            "\(grouped(limits.roomLimit)) other rooms at most, \(limits.roomsPerAddressLimit!) of",
            "and \(limits.openedRoomsPerUserLimit) by one user",
            "Rooms opened from outside (\(grouped(limits.operatorRoomLimit)))",
            "\(grouped(limits.goneUsersPerAddressLimit)) of one address",
            "younger than \(limits.messageReservation.milliseconds / 60_000) minutes",
            "has \(limits.pageByteLimit >> 10) KiB of messages at most",
            "more work than \(limits.commandWork >> 10) KiB",
            "a text above \(Chat.refusedTextByteLimit >> 10) KiB",
            "after \(limits.emptyRoomLifetime.milliseconds / 60_000) minutes",
            "in \(limits.roomsPerConnectionLimit) rooms at most",
            "is in \(limits.roomsPerConnectionLimit * 3 / 4) rooms is put into",
            "\(limits.commandBurst) commands at once and \(limits.commandsPerSecond) a second",
            "After \(limits.floodRefusalLimit) such refusals",
            "within \(limits.loginDeadline.milliseconds / 1000) s is closed with",
            "rooms up to \(limits.presenceMemberLimit) members",
            "at most \(Command.referenceByteLimit) bytes", "nested \(JSONScanner.depthLimit) deep",
            "`\(limits.publisherName)`",
            "\(Password.byteLimits.lowerBound) to \(grouped(Password.byteLimits.upperBound)) bytes",
            "There are \(grouped(limits.accountLimit)) accounts at most",
            "and \(grouped(limits.accountsPerAddressLimit)) made from one address",
            "An account has \(Account.sessionLimit) sessions",
            "After \(PasswordFailures.Key.account("").freeCount) wrong ones for one name",
            "or \(PasswordFailures.Key.address(.exempt).freeCount) from one address",
            "wait for \(PasswordFailures.firstWait / 1_000) s, and",
            "\(PasswordFailures.longestWait / 60_000) minutes at most",
            "one line of \(ModerationOrder.reasonByteLimit) bytes",
            "ten years (315,360,000) at most", "\(grouped(Sanctions.roomLimit)) bans and mutes",
            "and \(grouped(Sanctions.limit)) in all",
        ]
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for number in numbers { #expect(flat.contains(number), "\(number)") }
        for name in Name.reserved { #expect(flat.contains("`\(name)`")) }
        let closeCodes = table("Close codes").map { $0[0] }.joined(separator: ", ")
        for close in [ChatClose.noLoginInTime, .flooding, .kicked, .banned] {
            #expect(closeCodes.contains("\(close.code)"))
        }
    }

    private func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : "\(number / 1000)," + String("\(number)".suffix(3))
    }

    @Test func `The version of Unicode is the table's, and part of the saved rules`() {
        let version = NameCharacters.unicodeVersion
        #expect(text.contains("Unicode \(version >> 16).\(version >> 8 & 255)"))
        #expect(NameKey.rules >> 8 == version)
    }
}

extension [String] {
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

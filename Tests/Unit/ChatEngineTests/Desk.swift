// A node beside a Redis that answers what a test says.
import RedisClient
import Storage
import WireKit

@testable import ChatEngine

/// A reply, as a test writes it.
typealias Reply = PlainReply

extension PlainReply {
    static func bulk(_ text: String) -> Reply { .body(UInt8(ascii: "$"), Array(text.utf8)) }
    static func number(_ number: Int) -> Reply { .line(UInt8(ascii: ":"), Array("\(number)".utf8)) }
    static func list(_ values: [Reply]) -> Reply { .values(UInt8(ascii: "*"), values) }
    static func texts(_ texts: String...) -> Reply { .list(texts.map { .bulk($0) }) }
    static func error(_ text: String) -> Reply { .line(UInt8(ascii: "-"), Array(text.utf8)) }

    static func push(_ channel: String, _ text: String) -> Reply {
        .values(UInt8(ascii: ">"), [.bulk("smessage"), .bulk(channel), .bulk(text)])
    }

    /// What r1_tail answers: whether the entries follow, the newest place, and the entries as
    /// `PLACE=KEY`, whose bodies are the keys in capitals.
    static func tail(_ goesOn: Bool, _ top: String, _ entries: [String] = []) -> Reply {
        .list([
            .number(goesOn ? 1 : 0), .bulk(top),
            .list(
                entries.map {
                    let parts = $0.split(separator: "=").map(String.init)
                    return .list([
                        .bulk(parts[0]), .texts("i", parts[1], "m", parts[1].uppercased()),
                    ])
                }),
        ])
    }
}

/// Takes a node's commands, and keeps them as texts.
struct ScriptedCommands: EngineCommands {
    /// What was written since a test has looked.
    var written: [[String]] = []
    /// What has not been answered, the oldest first.
    var unanswered: [(request: RedisRequest, command: [String])] = []
    private var last: UInt64 = 0
    /// Nothing can be sent.
    var isFull = false

    mutating func request(
        argumentCount: Int, at now: UInt64, _ write: (inout CommandWriter) -> Void
    ) -> RedisRequest? {
        guard !isFull else { return nil }
        var output = ByteBuffer()
        output.appendCommand(argumentCount: argumentCount, write)
        let bytes = [UInt8](copying: output.span)
        guard case .reply(.values(_, let values), _) = PlainReplyReader.read(bytes) else {
            preconditionFailure("a command is an array")
        }
        let command = values.map { value in
            guard case .body(_, let bytes) = value else { preconditionFailure("of texts") }
            return String(decoding: bytes, as: UTF8.self)
        }
        last += 1
        written.append(command)
        unanswered.append((RedisRequest(number: last), command))
        return RedisRequest(number: last)
    }

    mutating func subscribeForNow(_ channel: String, at now: UInt64) {
        written.append(["SSUBSCRIBE", channel])
    }

    mutating func unsubscribeForNow(_ channel: String, at now: UInt64) {
        written.append(["SUNSUBSCRIBE", channel])
    }
}

/// A node, its Redis and its clock.
final class Desk {
    static let second: UInt64 = 1_000_000_000
    static let room = RoomNames("lobby", prefix: "roost")
    static let probe = RoomNames.probe(of: "me", prefix: "roost")

    var node: EngineNode
    var commands = ScriptedCommands()
    var now = 100 * second

    init(_ change: (inout EngineOptions) -> Void = { _ in }) {
        var options = EngineOptions()
        change(&options)
        node = EngineNode(options, incarnation: "me", seed: 1)
    }

    /// A node that is up, with the room `lobby` live and these entries.
    static func live(
        _ entries: [String] = [], _ change: (inout EngineOptions) -> Void = { _ in }
    ) -> (Desk, EngineRoom) {
        let desk = Desk(change)
        let room = desk.node.open("lobby")
        desk.up()
        desk.answerRead(.tail(true, Self.top(of: entries), entries))
        _ = desk.events()
        return (desk, room)
    }

    static func top(of entries: [String]) -> String {
        entries.last.map { String($0.prefix { $0 != "=" }) } ?? "0-0"
    }

    // MARK: What Redis does

    /// A connection whose first heartbeat is answered.
    func up(boot: String = "boot") {
        node.connected(at: now)
        _ = turn()
        answerBeat(boot: boot)
        _ = turn()
    }

    /// Answers a heartbeat, with its push before that.
    func answerBeat(
        boot: String = "boot", had: String? = nil, nodes: [String] = [], isPushed: Bool = true
    ) {
        let command = expectNext("r1_beat")
        let count = UInt64(command[5])!
        if isPushed { push(Self.probe, command[7]) }
        let before = had ?? (count == 1 ? "" : "\(count - 1)")
        answer(.list([.bulk(boot), .bulk(before), .list(nodes.map { .bulk($0) })]))
    }

    /// Answers what a room is read with.
    func answerRead(_ tail: Reply) {
        if commands.unanswered.first?.command[1] == "r1_pres" { answer(.list([])) }
        _ = expectNext("r1_tail")
        answer(tail)
        _ = turn()
    }

    @discardableResult
    func expectNext(_ function: String) -> [String] {
        let command = commands.unanswered.first?.command ?? []
        precondition(command.contains(function), "\(command) is no \(function)")
        return command
    }

    /// Answers the oldest command.
    func answer(_ reply: Reply) {
        let (request, _) = commands.unanswered.removeFirst()
        node.replied(RedisReply(reply.wire.span), to: request, at: now)
    }

    func push(_ channel: String, _ text: String) { push(.push(channel, text)) }
    func push(_ push: Reply) { node.pushed(RedisReply(push.wire.span), at: now) }

    /// Messages of the room that follow each other: `PREVIOUS PLACE`, and their keys.
    func pushMessages(_ start: String, _ keys: String...) {
        let run = keys.map { "\($0.utf8.count) \($0.utf8.count)\n\($0)\($0.uppercased())" }
        push(Self.room.channel, "m \(start)\n" + run.joined())
    }

    func cut() {
        commands.unanswered = []
        node.disconnected(at: now)
    }

    // MARK: What the chat does

    func publish(_ keys: String..., first ticket: UInt64 = 1, in room: EngineRoom) {
        for (number, key) in keys.enumerated() {
            node.publish(
                key: Array(key.utf8).span, body: Array(key.uppercased().utf8).span,
                ticket: ticket + UInt64(number), in: room, at: now)
        }
    }

    /// A turn; what it has written.
    @discardableResult
    func turn(after nanoseconds: UInt64 = 0) -> [[String]] {
        now += nanoseconds
        node.moveOn(at: now, &commands)
        defer { commands.written = [] }
        return commands.written
    }

    /// The names of the functions and commands that a turn writes.
    func turnNames() -> [String] {
        turn().map { $0[0].hasPrefix("FCALL") ? $0[1] : $0[0] }
    }

    func events() -> [EngineEvent] {
        var events: [EngineEvent] = []
        while let event = node.takeEvent() { events.append(event) }
        return events
    }

    func isLive(_ room: EngineRoom) -> Bool { node.isLive(room) }
    func open(_ key: String) -> EngineRoom { node.open(key) }
    var deadline: UInt64? { node.nextDeadline }
    /// Whether the lobby is open.
    var hasLobby: Bool { node.room("lobby") != nil }

    /// Where a reader goes on that has this place last.
    func serial(behind offset: UInt64, _ epoch: UInt64, _ room: EngineRoom) -> Int? {
        node.serial(behind: EnginePlace(offset: offset, epoch: epoch), in: room)
    }

    /// The log as `PLACE=KEY`.
    func log(_ room: EngineRoom) -> [String] {
        var texts: [String] = []
        for serial in node.serials(in: room) {
            guard let entry = node.entry(serial, in: room) else { continue }
            texts.append("\(entry.place)=\(String(copying: entry.key))")
        }
        return texts
    }
}

/// What a put says: where the caller stands, and each message as `KEY` or `KEY<WANTED`.
func saying(_ command: [String]) -> (at: String, messages: [String]) {
    var messages: [String] = []
    var index = 10
    while index < command.count {
        messages.append(
            command[index + 2].isEmpty ? command[index] : "\(command[index])<\(command[index + 2])")
        index += 3
    }
    return (command[9], messages)
}

/// An event in short.
func short(_ event: EngineEvent) -> String {
    switch event {
    case .live(_, let serials): "live \(serials.count)"
    case .appended(_, let serials): "appended \(serials.count)"
    case .reset(_, let serials): "reset \(serials.count)"
    case .placed(let ticket, let place): "placed \(ticket) \(place)"
    case .delayed(let ticket): "delayed \(ticket)"
    case .refused(let ticket, _): "refused \(ticket)"
    case .presence(_, let node, let value):
        "presence \(node) \(String(decoding: value, as: UTF8.self))"
    case .state(let state): "\(state)"
    case .reconnect(let trouble):
        switch trouble {
        case .unanswered: "unanswered"
        case .wedged: "wedged"
        case .notMaster: "notMaster"
        case .refused: "refusing"
        case .notUnderstood(let what): "notUnderstood \(what)"
        }
    }
}

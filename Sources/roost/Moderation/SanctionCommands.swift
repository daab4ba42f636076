// `roost ban`, `unban`, `mute` and `unmute`: what an operator decides about somebody.
import ArgumentParser
import ChatRooms
import CommandLineOptions

/// What a ban and a mute need.
struct SanctionArguments: ParsableArguments {
    @Argument(help: "The user.")
    var name: String

    @Option(help: "In this room only.")
    var room: String?

    @OptionGroup var target: ControlTarget

    /// Sends the order, and returns what has come of it.
    @discardableResult
    func order(_ action: ModerationAction, _ fields: JSONText? = nil) throws -> SanctionAnswer {
        var body = fields ?? JSONText()
        body.add("user", name)
        if let room { body.add("room", room) }
        let answer = try target.ask("POST", "/\(action.rawValue)", body: body.text)
        return SanctionAnswer(JSONTree(answer), room: room)
    }

    /// "ann", or "ann in the room lobby".
    var words: String { name.shown + (room.map { " in the room \($0.shown)" } ?? "") }
}

/// What the server says to a ban or a mute.
struct SanctionAnswer {
    /// How many connections were sent out.
    let connectionCount: Int
    /// " until 2026-11-29 21:05:00", in the terminal's time zone, or " for good".
    let end: String
    /// " The room loby is not open: …" if it is not, since its name may be mistyped; else empty.
    let doubt: String

    init(_ answer: JSONTree?, room: String?) {
        connectionCount = answer?["connections"]?.int ?? 0
        end = answer?["until"]?.string.map { " until " + LocalTime.text($0) } ?? " for good"
        let isClosed = answer?["room_open"] == .bool(false)
        doubt =
            isClosed
            ? " The room \((room ?? "").shown) is not open now: is that its name?" : ""
    }
}

/// For how long, and why.
struct SanctionTerms: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "For how long: 30 (seconds), 10min, 2h, 7d. Default: for good.", valueName: "time"))
    var time: TimeSpan?

    @Option(help: "One sentence, which the user gets to read.")
    var reason: String?

    func validate() throws {
        if let time, time.duration > .seconds(ModerationOrder.longestTime) {
            throw ValidationError("--for: ten years at most. Leave it out for good.")
        }
    }

    /// The fields of the order.
    var fields: JSONText {
        var fields = JSONText()
        if let time { fields.add("seconds", max(1, time.duration.components.seconds)) }
        if let reason { fields.add("reason", reason) }
        return fields
    }
}

struct BanCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Keep somebody out of the server, or of a room.",
        discussion: """
            sudo roost ban ann --for 2h --reason "Please stop flooding the lobby."
            sudo roost ban ann --room lobby

            Connections are closed with 4004 and the reason. An account stays banned wherever its \
            owner is. The ban of a name that is nobody's own holds for the name, its session and \
            its address, as long as an account does not come from there.
            """)

    @OptionGroup var whom: SanctionArguments
    @OptionGroup var terms: SanctionTerms

    func carryOut() throws {
        let answer = try whom.order(.ban, terms.fields)
        let count = answer.connectionCount
        let sent =
            count == 0
            ? "" : " \(Figures.count(count)) connection\(count == 1 ? "" : "s") sent out."
        print("Banned \(whom.words)\(answer.end).\(sent)\(answer.doubt)")
    }
}

struct UnbanCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "unban", abstract: "End a ban.",
        discussion: """
            sudo roost unban ann
            sudo roost unban ann --room lobby
            """)

    @OptionGroup var whom: SanctionArguments

    func carryOut() throws {
        try whom.order(.unban)
        print("The ban of \(whom.words) has ended.")
    }
}

struct MuteCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "mute", abstract: "Let somebody read, and say nothing.",
        discussion: """
            sudo roost mute ann --room lobby --for 10min

            It holds for whom a ban would hold.
            """)

    @OptionGroup var whom: SanctionArguments
    @OptionGroup var terms: SanctionTerms

    func carryOut() throws {
        let answer = try whom.order(.mute, terms.fields)
        print("Muted \(whom.words)\(answer.end).\(answer.doubt)")
    }
}

struct UnmuteCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmute", abstract: "Let somebody speak again.",
        discussion: """
            sudo roost unmute ann --room lobby
            """)

    @OptionGroup var whom: SanctionArguments

    func carryOut() throws {
        try whom.order(.unmute)
        print("The mute of \(whom.words) has ended.")
    }
}

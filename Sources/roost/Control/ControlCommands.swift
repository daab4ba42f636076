// `roost status`, `publish` and `stop`: commands for a running server.
import ArgumentParser
import CommandLineOptions
import Glibc
import SystemdSupport

/// Which server a command is for.
struct ControlTarget: ParsableArguments {
    @Option(help: "The server's control socket; default: the one in /run/roost, or your own.")
    var control: String?

    /// Sends a request and returns the body of a successful answer. Throws a ``ControlError`` with
    /// the server's sentence for any other answer.
    func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws -> String {
        let answer = try answer(method, target, fields: fields, body: body)
        guard (200..<300).contains(answer.status) else {
            throw ControlError(sentence: Self.sentence(answer.body))
        }
        return answer.body
    }

    /// Sends a request and returns the answer, whatever its status.
    func answer(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws -> ControlClient.Answer {
        do throws(ControlClient.Failure) {
            return try ControlClient(control).ask(method, target, fields: fields, body: body)
        } catch {
            throw ControlError(sentence: error.description)
        }
    }

    /// The `text` of the protocol's `error`; the whole body if there is none. In one line, and fit
    /// for a terminal: it may quote what the request contained.
    static func sentence(_ body: String) -> String {
        TerminalText.line(JSONText.string("text", in: body) ?? String(body.trimmed))
    }
}

/// A failed command; its exit status is 1.
struct ControlError: Error, CustomStringConvertible {
    let sentence: String
    var description: String { TerminalText.lines(sentence) }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the server's state: connections, message rates, slow readers.")

    @Flag(help: "Print JSON, with more figures.")
    var json = false

    @Flag(help: "Repeat once a second until Ctrl-C.")
    var watch = false

    @OptionGroup var target: ControlTarget

    func run() throws {
        let field = json ? "Accept: application/json" : "Accept: text/plain"
        while true {
            let body = try target.ask("GET", "/status", fields: [field])
            // Clears the screen and begins in its top left corner.
            let text = TerminalText.lines(body)
            print(watch && !json ? "\u{1B}[H\u{1B}[2J" + text : text, terminator: "")
            guard watch else { return }
            fflush(nil)
            sleep(1)
        }
    }
}

struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish a message in a room, from a shell, cron or a script.",
        discussion: """
            roost publish lobby "The build is done"
            df -h / | roost publish ops --user disk

            All users of the control socket may publish: members of the group roost.
            """)

    @Argument(help: "The room; it is opened if it does not exist.")
    var room: String

    @Argument(help: "The text; without it, or with -, standard input is read to its end.")
    var text: String?

    @Option(help: "The author's name.")
    var user: String?

    @Option(help: "Makes a retry safe: the same text with the same id is published once.")
    var id: String?

    @OptionGroup var target: ControlTarget

    /// Far more than a message may have: the server says how much that is.
    private static let inputByteLimit = 1 << 20

    func validate() throws {
        if text == nil, isatty(STDIN_FILENO) == 1 {
            throw ValidationError("Say what to publish: roost publish ROOM TEXT, or pipe it in.")
        }
    }

    func run() throws {
        var message = text ?? "-"
        if message == "-" {
            message = try StandardInput.text(byteLimit: Self.inputByteLimit)
        }
        var body = JSONText()
        body.add("text", message)
        if let user { body.add("user", user) }
        if let id { body.add("id", id) }
        let answer = try target.ask(
            "POST", "/rooms/\(Self.percentEncoded(room))/messages", body: body.text)
        // For scripts only failures are printed; for a person also the result.
        guard isatty(STDOUT_FILENO) == 1 else { return }
        let isEmpty = answer.contains(#""count":0}"#)
        print(
            isEmpty
                ? "Published. \(TerminalText.line(room)) is empty now; users who join within ten minutes will see it."
                : "Published in \(TerminalText.line(room)).")
    }

    /// Everything but the unreserved characters of RFC 3986 §2.3.
    static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E:
                String(UnicodeScalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the server: every client is closed with 1001, to reconnect later.")

    @OptionGroup var target: ControlTarget

    func run() throws {
        print(TerminalText.lines(try target.ask("POST", "/stop")), terminator: "")
    }
}

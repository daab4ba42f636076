// `roost status` and `publish`: commands for a running server.
import ArgumentParser
import CommandLineOptions
import Glibc
import SystemdSupport

struct Status: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the server's state: connections, message rates, slow readers.",
        discussion: """
            roost status --watch
            roost status --instance shop --json

            It starts nothing: where systemd holds the server's sockets and the server does not \
            run, it says so and exits with 3, as 'systemctl status' does.
            """)

    @Flag(help: "Print JSON, with more figures.")
    var json = false

    @Flag(help: "Repeat once a second until Ctrl-C.")
    var watch = false

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
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

struct Publish: ControlCommand {
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

    @Option(
        help: """
            Makes a retry safe: a message with an id that the room still has is not published \
            again, whatever its text.
            """)
    var id: String?

    @OptionGroup var target: ControlTarget

    /// Far more than a message may have: the server says how much that is.
    private static let inputByteLimit = 1 << 20

    func validate() throws {
        if text == nil, isatty(STDIN_FILENO) == 1 {
            throw ValidationError("Say what to publish: roost publish ROOM TEXT, or pipe it in.")
        }
    }

    func carryOut() throws {
        var message = text ?? "-"
        if message == "-" {
            message = try StandardInput.text(byteLimit: Self.inputByteLimit)
        }
        var body = JSONText()
        body.add("text", message)
        if let user { body.add("user", user) }
        if let id { body.add("id", id) }
        let answer = try target.ask(
            "POST", "/rooms/\(Self.percentEncoded(room))/messages", body: body.text,
            mayStart: true)
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

// `roost status`, `publish` and `stop`: a running server, from a shell.
import ArgumentParser
import Glibc

/// Where the server is.
struct ControlTarget: ParsableArguments {
    @Option(help: "The server's control socket; default: the one in /run/roost, or your own.")
    var control: String?

    /// Asks, and returns the body of a good answer; every other ends the command with a sentence.
    func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws -> String {
        let answer = try answer(method, target, fields: fields, body: body)
        guard (200..<300).contains(answer.status) else {
            throw ControlError(sentence: Self.sentence(answer.body))
        }
        return answer.body
    }

    /// Asks, and returns whatever the server says.
    func answer(
        _ method: String, _ target: String, fields: [String] = [], body: String = ""
    ) throws -> ControlClient.Answer {
        do throws(ControlClient.Failure) {
            return try ControlClient(control).ask(method, target, fields: fields, body: body)
        } catch {
            throw ControlError(sentence: error.description)
        }
    }

    /// The `text` of an `error` of the protocol, or all of what is no JSON.
    static func sentence(_ body: String) -> String {
        guard let start = body.firstRange(of: #""text":""#) else { return body.trimmed }
        var sentence = ""
        var isEscaped = false
        for character in body[start.upperBound...] {
            if isEscaped || (character != "\\" && character != "\"") {
                sentence.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                break
            }
        }
        return sentence
    }
}

/// A command that came to nothing; the status is 1.
struct ControlError: Error, CustomStringConvertible {
    let sentence: String
    var description: String { sentence }
}

extension String {
    var trimmed: String { String(self[...].trimmed) }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the server is: who is connected, how much is said, what is slow.")

    @Flag(help: "Print JSON, with more figures.")
    var json = false

    @Flag(help: "Go on, once a second, until Ctrl-C.")
    var watch = false

    @OptionGroup var target: ControlTarget

    func run() throws {
        let field = json ? "Accept: application/json" : "Accept: text/plain"
        while true {
            let body = try target.ask("GET", "/status", fields: [field])
            // From the top left corner, over what was there.
            print(watch && !json ? "\u{1B}[H\u{1B}[2J" + body : body, terminator: "")
            guard watch else { return }
            fflush(nil)
            sleep(1)
        }
    }
}

struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say something in a room, from a shell, cron or a script.",
        discussion: """
            roost publish lobby "The build is done"
            df -h / | roost publish ops --user disk

            Whoever may use the control socket may publish: members of the group roost.
            """)

    @Argument(help: "The room; it is opened if there is none.")
    var room: String

    @Argument(help: "What to say; without it, or with -, the standard input is read to its end.")
    var text: String?

    @Option(help: "Who says it.")
    var user: String?

    @Option(help: "Makes a retry safe: the same text with the same id is published once.")
    var id: String?

    @OptionGroup var target: ControlTarget

    func validate() throws {
        if text == nil, isatty(STDIN_FILENO) == 1 {
            throw ValidationError("Say what to publish: roost publish ROOM TEXT, or pipe it in.")
        }
    }

    func run() throws {
        var message = text ?? "-"
        if message == "-" {
            message = ""
            while let line = readLine(strippingNewline: false) { message += line }
            while message.last?.isNewline == true { message.removeLast() }
        }
        var body = JSONText()
        body.add("text", message)
        if let user { body.add("user", user) }
        if let id { body.add("id", id) }
        let answer = try target.ask(
            "POST", "/rooms/\(Self.percentEncoded(room))/messages", body: body.text)
        // Scripts hear of failures only; a person hears what became of it.
        guard isatty(STDOUT_FILENO) == 1 else { return }
        let isEmpty = answer.contains(#""count":0}"#)
        print(
            isEmpty
                ? "Published. Nobody is in \(room) now; who comes within ten minutes will see it."
                : "Published in \(room).")
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
        abstract: "Stop the server in order: everybody is told to come back soon.")

    @OptionGroup var target: ControlTarget

    func run() throws { print(try target.ask("POST", "/stop"), terminator: "") }
}

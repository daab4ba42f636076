// Which server a command is for, and asking it without starting it.
import ArgumentParser
import SystemdSupport

/// Which server a command is for.
struct ControlTarget: ParsableArguments {
    @Option(help: "The server's control socket; default: the one in /run/roost, or your own.")
    var control: String?

    @Option(help: "Which of several servers: NAME for the server of roost@NAME.service.")
    var instance: String?

    func validate() throws {
        guard let instance else { return }
        guard control == nil else {
            throw ValidationError("Name the server by --instance or by --control, not by both.")
        }
        guard ControlSocket.isInstanceName(instance) else {
            throw ValidationError(
                """
                --instance: '\(instance.shown)' is no name of an instance: it has a-z, A-Z, 0-9 \
                and :-_.\\ as between '@' and '.service'.
                """)
        }
    }

    /// The path of the control socket; nil for the first that exists in the usual places.
    var path: String? { control ?? instance.map(ControlSocket.path(ofInstance:)) }

    /// The units that systemd has for this server; nil if it has none, or does not run.
    var units: ServiceUnits? {
        ServiceUnits(at: path ?? ControlSocket.firstPath, instance: instance, Systemctl.run)
    }

    /// Sends a request and returns the body of a successful answer. Throws a ``ControlError`` with
    /// the server's sentence for any other answer.
    func ask(
        _ method: String, _ target: String, fields: [String] = [], body: String = "",
        mayStart: Bool = false
    ) throws -> String {
        let answer = try answer(method, target, fields: fields, body: body, mayStart: mayStart)
        guard (200..<300).contains(answer.status) else {
            throw ControlError(sentence: Self.sentence(answer.body))
        }
        return answer.body
    }

    /// Sends a request and returns the answer, whatever its status. Where systemd would start the
    /// server for it, it throws a ``ControlError`` instead, unless the request `mayStart` it.
    func answer(
        _ method: String, _ target: String, fields: [String] = [], body: String = "",
        mayStart: Bool = false, onlyToRoots: Bool = false
    ) throws -> ControlClient.Answer {
        if !mayStart, let units, units.wouldStart {
            throw ControlError(sentence: units.whyNotRunning, status: ControlError.notRunning)
        }
        do throws(ControlClient.Failure) {
            return try ControlClient(path).ask(
                method, target, fields: fields, body: body, onlyToRoots: onlyToRoots)
        } catch {
            throw failure(error)
        }
    }

    /// The `text` of the protocol's `error`, also if it is cut; the whole body if it is none.
    static func sentence(_ body: String) -> String {
        TerminalText.line(JSONText.string("text", in: body) ?? body.trimmed)
    }
}

/// A failed command, with its sentence and exit status.
struct ControlError: Error, CustomStringConvertible {
    /// The exit status of `systemctl status` for a unit that does not run.
    static let notRunning: Int32 = 3

    let sentence: String
    var status: Int32 = 1
    var description: String { sentence }
}

/// A command for a running server: its failures have the exit status of their ``ControlError``.
protocol ControlCommand: ParsableCommand {
    func carryOut() throws
}

extension ControlCommand {
    mutating func run() throws {
        do {
            try carryOut()
        } catch let error as ControlError where error.status != 1 {
            ErrorStream().write(error.sentence)
            throw ExitCode(error.status)
        }
    }
}

extension String {
    var trimmed: String { String(self[...].trimmed) }
}

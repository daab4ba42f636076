// `roost stop`: ends the server; where systemd holds its sockets, root ends those as well.
import ArgumentParser

struct Stop: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the server: every client is closed with 1001, to reconnect later.",
        discussion: """
            sudo roost stop
            sudo roost stop --instance shop

            Where systemd holds the server's sockets, the next connection would start it again. \
            Root therefore stops the sockets, too, and it stays stopped. For anybody else only the \
            server ends, and the answer says so.
            """)

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        guard SystemUser.effective == 0, let units = target.units, units.holder?.listens == true
        else { return print(try target.ask("POST", "/stop"), terminator: "") }
        print(try Self.stop(units, Systemctl.run))
    }

    /// Stops the service together with all its sockets. Returns what was done, and how to undo it.
    static func stop(_ units: ServiceUnits, _ run: ServiceUnits.Runner) throws -> String {
        let open = units.sockets.filter(\.listens)
        let names = open.map(\.name) + [units.service.name]
        let answer = run(["systemctl", "stop"] + names)
        guard answer.isSuccess else {
            throw ControlError(
                sentence: "systemctl could not stop it: \(answer.output.trimmed.shown)")
        }
        let isEnabled = open.contains { $0["UnitFileState"] == "enabled" }
        let start = open.map(\.name).joined(separator: " ")
        return """
            Roost is stopped and stays stopped\(isEnabled ? " until the next boot" : ""): \
            \(names.joined(separator: ", ")).
            Start it again: systemctl start \(start)
            """
    }
}

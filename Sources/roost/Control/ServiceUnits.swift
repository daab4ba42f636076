// The units that systemd has for a server: whether the server runs, and what a connection to its
// control socket would do.

/// What systemd says about the units of one server.
struct ServiceUnits {
    /// Runs a program of systemd; tests have their own.
    typealias Runner = (_ words: [String]) -> (output: String, isSuccess: Bool)

    /// A unit: its name, and its properties as systemctl(1) shows them. Lines with the same name
    /// are joined by ", ".
    struct Unit {
        let name: String
        let properties: [String: String]

        subscript(property: String) -> String { properties[property] ?? "" }

        /// Whether it is open to clients, and not to operators.
        var isForClients: Bool { !["control", "metrics"].contains(self["FileDescriptorName"]) }

        /// Whether it has its sockets open.
        var listens: Bool { self["ActiveState"] == "active" }

        /// Parses the answer for several units: blocks of "Name=value" between empty lines.
        static func all(_ text: String) -> [Unit] {
            text.split(separator: "\n\n").map { block in
                var properties: [String: String] = [:]
                for line in block.split(separator: "\n") {
                    guard let equals = line.firstIndex(of: "=") else { continue }
                    let value = String(line[line.index(after: equals)...])
                    properties[String(line[..<equals]), default: ""] +=
                        properties[String(line[..<equals])] == nil ? value : ", " + value
                }
                return Unit(name: properties["Id"] ?? "", properties: properties)
            }
        }
    }

    let service: Unit
    /// The sockets that start the service.
    let sockets: [Unit]
    /// The socket unit that listens at the control socket's path; nil if systemd knows none.
    let holder: Unit?
    private let run: Runner

    /// The units of the server with this control socket: the units that systemd has for the path,
    /// or else the units with the usual names. Nil if there are none, or if systemd cannot be
    /// asked.
    init?(at path: String, instance: String?, _ run: @escaping Runner) {
        let list = run(["systemctl", "list-sockets", "--all", "--output=json"])
        guard list.isSuccess else { return nil }
        let row = JSONTree(list.output)?.elements.first { $0["listen"]?.string == path }
        // A list or one name, depending on systemd's version.
        let activated = row?["activates"]?.elements.first?.string ?? row?["activates"]?.string
        let usual =
            instance.map { "roost@\($0).service" }
            ?? (path == ControlSocket.standardPath ? "roost.service" : nil)
        guard let name = activated ?? usual else { return nil }
        let shown = run([
            "systemctl", "show",
            "--property=Id,LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts,"
                + "StatusText,TriggeredBy", name,
        ])
        guard shown.isSuccess, let service = Unit.all(shown.output).first,
            service["LoadState"] == "loaded"
        else { return nil }
        let names = service["TriggeredBy"].split(separator: " ").map(String.init)
        let sockets =
            names.isEmpty
            ? []
            : Unit.all(
                run(
                    [
                        "systemctl", "show",
                        "--property=Id,ActiveState,Result,Listen,FileDescriptorName,UnitFileState",
                    ] + names
                ).output)
        self.service = service
        self.sockets = sockets
        self.run = run
        holder = row?["unit"]?.string.flatMap { unit in sockets.first { $0.name == unit } }
    }

    /// Whether the server runs, or is just being started.
    var isRunning: Bool {
        switch service["ActiveState"] {
        case "active", "reloading", "refreshing": true
        case "activating": service["SubState"] != "auto-restart"
        default: false
        }
    }

    /// Whether a connection to the control socket would start the server: systemd has the socket
    /// open, and the server does not run. That also holds while it stops.
    var wouldStart: Bool { !isRunning && holder?.listens == true }

    /// The newest line that a unit's journal has, if this user may read it.
    func lastWords(of unit: String, matching pattern: String? = nil) -> String? {
        let journal = run(
            ["journalctl", "--quiet", "--output=cat", "--lines=1", "--unit=\(unit)"]
                + (pattern.map { ["--grep=\($0)"] } ?? ["--priority=err"]))
        let line = journal.output.trimmed
        return journal.isSuccess && !line.isEmpty ? line : nil
    }
}

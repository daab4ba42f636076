// `roost doctor`: how many connections this machine can hold, how its server, the database and the
// certificates are, and what to change.
import ArgumentParser
import CommandLineOptions
import SystemdSupport

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how many connections fit here, what is wrong, and what to change.",
        discussion: """
            The exit status is 0 if all is well, 1 if something has to be changed, and 2 if \
            something could not be looked at. Too low a limit counts with --connections only.
            """)

    @Option(help: "How many connections this machine should hold. Default: \(Doctor.exampleCount).")
    var connections: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var target: ControlTarget

    /// The number whose remedies are listed if none is asked for.
    private static let exampleCount = 100_000

    func validate() throws {
        if let connections, !(1...10_000_000).contains(connections) {
            throw ValidationError("--connections must be between 1 and 10,000,000.")
        }
    }

    func run() throws {
        let health = ServerHealth(target)
        let database = DatabaseHealth(target, status: health.status, process: health.process)
        let certificates = CertificateHealth(status: health.status)
        let wanted = connections ?? Self.exampleCount
        let diagnosis = Diagnosis(HostFacts(root: "/", process: health.process), wanted: wanted)
        let findings =
            health.findings + database.findings + certificates.findings
            + Self.findings(diagnosis, wanted: connections)
        if json {
            print(
                Self.json(
                    diagnosis, wanted: wanted, health, database, certificates, findings.worst))
        } else {
            func lines(_ findings: [Finding]) -> String {
                findings.map { "\n  \(TerminalText.line($0.text))" }.joined()
            }
            print(
                """
                \(Self.report(diagnosis, wanted: wanted))
                The server\(lines(health.findings))

                The database\(lines(database.findings))
                """)
            if !certificates.findings.isEmpty {
                print("\nThe certificates\(lines(certificates.findings))")
            }
        }
        if findings.worst != .good { throw ExitCode(findings.worst.exitStatus) }
    }

    /// Whether the connections that were asked for fit; nothing if none were.
    static func findings(_ diagnosis: Diagnosis, wanted: Int?) -> [Finding] {
        guard let binding = diagnosis.binding else {
            return [.unknown("This machine's limits could not be read: is /proc mounted?")]
        }
        guard let wanted else { return [] }
        let sentence = "This machine can hold \(Figures.count(binding.connections)) connections."
        return [binding.connections < wanted ? .mend(sentence) : .good(sentence)]
    }

    /// The same for programs.
    static func json(
        _ diagnosis: Diagnosis, wanted: Int, _ health: ServerHealth, _ database: DatabaseHealth,
        _ certificates: CertificateHealth, _ state: Finding.State
    ) -> String {
        var object = JSONText()
        object.add("state", state.rawValue)
        object.add("version", Version.current)
        if let process = health.process { object.add("process", Int(process)) }
        if let binding = diagnosis.binding {
            object.add("connections", binding.connections)
            object.add("limit", binding.name)
        }
        object.add("wanted", wanted)
        object.add(
            "bounds",
            diagnosis.bounds.map { bound in
                var row = JSONText()
                row.add("name", bound.name)
                row.add("connections", bound.connections)
                row.add("reason", bound.reason)
                if bound.connections < wanted { row.add("remedy", bound.remedy) }
                return row
            })
        object.add("advice", diagnosis.advice)
        object.add("server", health.findings.map(row))
        object.add("database", database.findings.map(row))
        object.add("certificates", certificates.findings.map(row))
        return object.text
    }

    private static func row(_ finding: Finding) -> JSONText {
        var row = JSONText()
        row.add("state", finding.state.rawValue)
        row.add("text", finding.text)
        return row
    }

    /// The diagnosis as text for a person.
    static func report(_ diagnosis: Diagnosis, wanted: Int) -> String {
        guard let binding = diagnosis.binding else {
            return "This machine's limits could not be read: is /proc mounted?\n"
        }
        var lines = [
            "This machine can hold \(Figures.count(binding.connections)) connections at once; "
                + "\(binding.name) binds.", "",
        ]
        let width = diagnosis.bounds.map { Figures.count($0.connections).count }.max() ?? 0
        for bound in diagnosis.bounds {
            let number = Figures.count(min(bound.connections, 999_999_999))
            lines.append(
                "  \(pad(number, width, atLeft: true))  \(pad(bound.name, 27))\(bound.reason)")
        }
        let low = diagnosis.bounds.filter { $0.connections < wanted }
        lines += ["", "For \(Figures.count(wanted)) connections"]
        lines += low.isEmpty ? ["  nothing has to be changed"] : low.map { "  \($0.remedy)" }
        if !diagnosis.advice.isEmpty {
            lines += ["", "Also"] + diagnosis.advice.map { "  \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func pad(_ text: String, _ width: Int, atLeft: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(atLeft ? 0 : 1, width - text.count))
        return atLeft ? blanks + text : text + blanks
    }
}

// `roost doctor`: how many connections this machine can hold, and what to change.
import ArgumentParser
import Glibc

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how many connections fit here, which limit binds, and what to change.")

    @Option(help: "How many connections this machine should hold.")
    var connections = 100_000

    @OptionGroup var target: ControlTarget

    func validate() throws {
        guard (1...10_000_000).contains(connections) else {
            throw ValidationError("--connections must be between 1 and 10,000,000.")
        }
    }

    func run() throws {
        let health = ServerHealth(target)
        let facts = HostFacts(root: "/", process: health.process)
        let diagnosis = Diagnosis(facts, wanted: connections)
        print(Self.report(diagnosis, wanted: connections), terminator: "")
        print("\nThe server\n  " + health.lines.joined(separator: "\n  "))
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

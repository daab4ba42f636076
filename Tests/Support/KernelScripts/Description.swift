// How a script is printed.
import LinuxReactor

extension Step: CustomStringConvertible {
    var name: String { String("\(self)".prefix { $0 != " " }) + sideName }

    private var sideName: String {
        switch self {
        case .send(_, let side, _), .receive(_, let side, _), .endOutput(_, let side),
            .close(_, let side), .reset(_, let side):
            " \(side)"
        default: ""
        }
    }

    var description: String {
        switch self {
        case .connect(let number, let listener): "connect \(number) to \(listener)"
        case .accept(let listener): "accept on \(listener)"
        case .serverConnect(let number, let destination):
            "serverConnect \(number) to \(destination)"
        case .send(let number, let side, let count): "send \(number) \(side) \(count) bytes"
        case .receive(let number, let side, let limit): "receive \(number) \(side) up to \(limit)"
        case .fill(let number): "fill \(number)"
        case .drain(let number): "drain \(number)"
        case .endOutput(let number, let side): "endOutput \(number) \(side)"
        case .close(let number, let side): "close \(number) \(side)"
        case .reset(let number, let side): "reset \(number) \(side)"
        case .takeError(let number): "takeError \(number)"
        case .watch(let watched, let change, let readiness, let token):
            "watch \(change) \(watched) for [\(Event(token: token, readiness: readiness))]"
        case .waitForEach: "waitForEach"
        case .duplicate(let number): "duplicate \(number)"
        case .closeDuplicate(let number): "closeDuplicate \(number)"
        case .closeListener(let listener): "closeListener \(listener)"
        case .acknowledged(let number): "acknowledged \(number)"
        case .limitUnsent(let number): "limitUnsent \(number)"
        case .credentials(let number): "credentials \(number)"
        case .wake: "wake"
        case .clearWakeup: "clearWakeup"
        }
    }
}

extension Outcome {
    /// Its kind, with the number of an error.
    var name: String {
        switch self {
        case .done, .wouldBlock, .endOfStream, .failed: "\(self)"
        case .sent: "sent"
        case .received: "received"
        case .accepted: "accepted"
        case .drained(_, let isComplete): "drained \(isComplete)"
        case .count(let count): count == nil ? "none" : "count"
        case .credentials(let credentials): credentials == nil ? "none" : "credentials"
        case .events: "events"
        }
    }
}

extension Observation: CustomStringConvertible {
    var description: String { "\(outcome), events \(events), peers \(peers)" }
}

extension Difference {
    /// The script, and what each kernel has shown after its last step.
    func text(seed: UInt64) -> String {
        """
        seed \(seed): \(steps.count) steps: \(steps.map(\.description).joined(separator: "; "))
            Linux:     \(real)
            simulated: \(simulated)
        """
    }
}

// What came of a reload, for the command that has asked for it: the server may be another program
// by then, so the command asks until the outcome is known.
import Glibc
import SystemdSupport

/// The outcome of a reload, and a sentence about it.
struct ReloadOutcome {
    let isGood: Bool
    let words: String

    /// Pauses between two questions, in microseconds.
    private static let pause: UInt32 = 50_000

    /// Waits until it is known what came of a reload, of which this is the first answer.
    static func wait(
        for answer: ControlClient.Answer, _ target: ControlTarget
    ) throws -> ReloadOutcome {
        guard answer.status == 202 else {
            let words = answer.status == 200 ? answer.body : ControlTarget.sentence(answer.body)
            return ReloadOutcome(isGood: answer.status == 200, words: words.trimmed)
        }
        let body = JSONTree(answer.body)
        guard let number = body?["reload"]?.int, let seconds = body?["seconds"]?.int else {
            throw ControlError(sentence: "The server's answer is not understood: \(answer.body)")
        }
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            // While the program is replaced, a question may find no answer.
            let status = (try? target.answer("GET", "/status", mayStart: true)).flatMap {
                JSONTree($0.body)
            }
            if let status, let outcome = outcome(of: number, status) { return outcome }
            guard ContinuousClock.now < end else {
                throw ControlError(
                    sentence: """
                        The server has not said within \(seconds) s what came of it: see its \
                        journal (journalctl -u roost), or 'roost status --json'.
                        """)
            }
            usleep(pause)
        }
    }

    /// What a status says of the reload with this number; nil if it is not over yet.
    static func outcome(of number: Int, _ status: JSONTree) -> ReloadOutcome? {
        let last = status["reload"]
        guard let last, let seen = last["number"]?.int, seen >= number else {
            return ReloadOutcome(
                isGood: false, words: "The server has restarted meanwhile: see its journal.")
        }
        // Another may have begun since this one has ended.
        guard let own = seen == number ? last : seen == number + 1 ? last["previous"] : nil else {
            return ReloadOutcome(
                isGood: false, words: "Another reload has come since: see the server's journal.")
        }
        let name = own["outcome"]?.string
        guard name != ReloadProgress.Outcome.underWay.name else { return nil }
        return ReloadOutcome(
            isGood: name == ReloadProgress.Outcome.good.name,
            words: own["text"]?.string?.trimmed ?? "")
    }
}

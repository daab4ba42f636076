// The reloads of a server, by number, so that a command can ask what came of its own.
import Storage
import WebSocketServer

/// What came of the last reload. A restart in place goes on in the next program, with the same
/// number.
struct ReloadProgress {
    enum Outcome: UInt8 {
        case underWay, good, bad
    }

    /// The number of the last reload; 0 before the first.
    private(set) var number: UInt64 = 0
    private(set) var outcome = Outcome.good
    /// The sentence for the operator.
    private(set) var words = ""
    /// What came of the one before: a command may ask for it when the next has begun.
    private var previous: (outcome: Outcome, words: String)?

    init() {}

    var isUnderWay: Bool { outcome == .underWay }

    mutating func begin() {
        if number > 0 { previous = (outcome, words) }
        number += 1
        (outcome, words) = (.underWay, "")
    }

    mutating func end(_ outcome: Outcome, _ words: String) {
        (self.outcome, self.words) = (outcome, words)
    }

    /// For GET /status.
    var json: JSONText {
        var object = JSONText()
        object.add("number", number)
        Self.add(outcome, words, to: &object)
        if let previous {
            var before = JSONText()
            Self.add(previous.outcome, previous.words, to: &before)
            object.add("previous", before)
        }
        return object
    }

    private static func add(_ outcome: Outcome, _ words: String, to object: inout JSONText) {
        object.add("outcome", "\(outcome.name)")
        if !words.isEmpty { object.add("text", words) }
    }

    // MARK: Hand-over

    func save(to writer: inout StateWriter) {
        writer.write(number)
        writer.write(outcome.rawValue)
        writer.write(words)
    }

    init(from reader: inout StateReader) throws(StateError) {
        number = try reader.read()
        outcome = try Self.readOutcome(&reader)
        words = try reader.readString()
    }

    /// Writes what came of the reload before the last, behind all that earlier versions write.
    func savePrevious(to writer: inout StateWriter) {
        writer.write(previous != nil)
        guard let previous else { return }
        writer.write(previous.outcome.rawValue)
        writer.write(previous.words)
    }

    mutating func restorePrevious(from reader: inout StateReader) throws(StateError) {
        guard try reader.readBool() else { return }
        previous = (try Self.readOutcome(&reader), try reader.readString())
    }

    private static func readOutcome(
        _ reader: inout StateReader
    ) throws(StateError) -> Outcome {
        guard let outcome = Outcome(rawValue: try reader.read()) else {
            throw StateError("a reload has no such outcome")
        }
        return outcome
    }
}

extension ReloadProgress.Outcome {
    var name: String {
        switch self {
        case .underWay: "under_way"
        case .good: "good"
        case .bad: "bad"
        }
    }
}

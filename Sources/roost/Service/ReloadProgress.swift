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

    init() {}

    var isUnderWay: Bool { outcome == .underWay }

    mutating func begin() {
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
        object.add("outcome", "\(outcome.name)")
        if !words.isEmpty { object.add("text", words) }
        return object
    }

    // MARK: Hand-over

    func save(to writer: inout StateWriter) {
        writer.write(number)
        writer.write(outcome.rawValue)
        writer.write(words)
    }

    init(from reader: inout StateReader) throws(StateError) {
        number = try reader.read()
        guard let outcome = Outcome(rawValue: try reader.read()) else {
            throw StateError("a reload has no such outcome")
        }
        self.outcome = outcome
        words = try reader.readString()
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

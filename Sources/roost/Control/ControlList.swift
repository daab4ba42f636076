// Lists that a server gives in parts, and the requests for all of them.
import ArgumentParser

/// How many rows a command prints.
enum RowLimit: ExpressibleByArgument, Equatable, CustomStringConvertible {
    case all
    case rows(Int)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let count = Int(argument), count > 0 {
            self = .rows(count)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .all: "all"
        case .rows(let count): "\(count)"
        }
    }

    var count: Int {
        switch self {
        case .all: .max
        case .rows(let count): count
        }
    }
}

/// The first rows of a list in an order, of which only these are kept.
struct TopRows {
    private let limit: RowLimit
    private let precedes: (JSONTree, JSONTree) -> Bool
    private var kept: [JSONTree] = []
    /// All rows that were added.
    private(set) var count = 0

    init(_ limit: RowLimit, by precedes: @escaping (JSONTree, JSONTree) -> Bool) {
        self.limit = limit
        self.precedes = precedes
    }

    mutating func add(_ row: JSONTree) {
        count += 1
        kept.append(row)
        if limit != .all, kept.count >= 2 * limit.count + 1000 { kept = first }
    }

    /// The rows to show, in order.
    var first: [JSONTree] { Array(kept.sorted(by: precedes).prefix(limit.count)) }

    /// "… and 1,234 more: --limit all"; nil if all are shown.
    var rest: String? {
        count > limit.count
            ? "… and \(Figures.count(count - limit.count)) more: --limit N, or all" : nil
    }
}

/// The request for one part of a list.
struct PartRequest {
    var method = "GET"
    let target: String
    var body = ""
}

extension ControlTarget {
    /// The query of a request, from the values that are set.
    static func query(_ values: [(String, String?)]) -> String {
        let items = values.compactMap { name, value in
            value.map { "\(name)=\(Publish.percentEncoded($0))" }
        }
        return items.isEmpty ? "" : "?" + items.joined(separator: "&")
    }

    /// Asks for all parts of a list on one connection, which a server that ends does not take with
    /// it into its next life. `request` makes the request for the part that begins at `after`; the
    /// parts go to `take`.
    func forEachPart(
        _ request: (_ after: String?) -> PartRequest, _ take: (JSONTree) -> Void
    ) throws {
        if let units, units.wouldStart {
            throw ControlError(sentence: units.whyNotRunning, status: ControlError.notRunning)
        }
        var after: String?
        do throws(ControlClient.Failure) {
            var connection = try ControlClient(path).connect()
            repeat {
                let asked = request(after)
                let answer = try connection.ask(asked.method, asked.target, body: asked.body)
                guard answer.status == 200, let part = JSONTree(answer.body) else {
                    // The user or the room has gone meanwhile: that was the end of the list.
                    if answer.status == 404, after != nil { return }
                    throw ControlClient.Failure(description: Self.sentence(answer.body))
                }
                take(part)
                after = part["next"]?.scalarText
            } while after != nil
        } catch {
            throw failure(error)
        }
    }

    /// A failure to reach the server, with what systemd knows about it.
    func failure(_ error: ControlClient.Failure) -> ControlError {
        guard error.isAbsent else { return ControlError(sentence: error.description) }
        let words = units.flatMap { $0.isRunning ? nil : $0.whyNotRunning }
        return ControlError(
            sentence: words ?? error.description, status: ControlError.notRunning)
    }
}

// A stream: entries by ids of two numbers, cut at whole nodes as Redis cuts it.

/// The id of an entry; of a room's stream its offset and its epoch.
package struct StreamID: Comparable, Hashable, Sendable, CustomStringConvertible {
    package let offset: UInt64
    package let epoch: UInt64

    package static let zero = StreamID(offset: 0, epoch: 0)

    package init(offset: UInt64, epoch: UInt64) {
        self.offset = offset
        self.epoch = epoch
    }

    /// `offset-epoch`, both in digits; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(Self.isNumber),
            let offset = UInt64(parts[0]), let epoch = UInt64(parts[1])
        else { return nil }
        self.init(offset: offset, epoch: epoch)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.offset != right.offset ? left.offset < right.offset : left.epoch < right.epoch
    }

    package var description: String { "\(offset)-\(epoch)" }
}

struct StreamEntry: Sendable {
    let id: StreamID
    /// Fields and values in turn.
    let fields: [[UInt8]]

    var reply: EngineReply { .array([.text(id.description), .array(fields.map { .bulk($0) })]) }
}

struct StreamValue: Sendable {
    private(set) var entries: [StreamEntry] = []
    /// How many entries each node has, the oldest first.
    private var nodes: [Int] = []
    private(set) var top = StreamID.zero

    /// Adds an entry, whose id is above the top. With `keep` whole nodes go from the beginning on
    /// while as many entries are left: `MAXLEN ~ keep`.
    mutating func append(_ entry: StreamEntry, keep: Int?, nodeLimit: Int) {
        entries.append(entry)
        top = entry.id
        if let last = nodes.last, last < nodeLimit {
            nodes[nodes.count - 1] = last + 1
        } else {
            nodes.append(1)
        }
        guard let keep else { return }
        var removed = 0
        while let first = nodes.first, entries.count - removed > keep,
            entries.count - removed - first >= keep
        {
            removed += first
            nodes.removeFirst()
        }
        if removed > 0 { entries.removeFirst(removed) }
    }

    /// Where the first entry is whose id is not below this one.
    func index(from id: StreamID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

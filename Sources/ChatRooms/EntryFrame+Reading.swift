// The other direction: an entry's frame taken apart again, to bring back what was written to a
// file, and to fold changes into what is in memory.
import Storage

extension EntryFrame {
    /// An entry as it stands in one line: what ``EntryFrame`` writes.
    public struct Line: Sendable, Equatable {
        /// What it is.
        public var kind: EntryKind
        /// The offset of what it changes or answers; 0 if there is none.
        public var target: Int
        /// The epoch of that, if the line says it.
        public var targetEpoch: UInt64?
        /// The room's name.
        public var room: String
        /// The author's name.
        public var user: String
        /// Where it stood.
        public var place: Place
        /// Whether the line has an epoch; without it, that of ``place`` is unknown.
        public var hasEpoch: Bool
        /// Milliseconds since 1970 in UTC.
        public var at: Int64
        /// The text as it is in the line, escaped: a range of the line. Of a reaction it is the
        /// emoji.
        public var text: Range<Int>
        /// The id as it is in the line, escaped; empty if there is none.
        public var id: Range<Int>
    }

    /// Reads a line without its end; nil unless it has an epoch, writing what was read gives these
    /// very bytes, and the names and texts are such as a server may send.
    public static func read(_ line: Span<UInt8>) -> Line? {
        guard let found = parts(of: line), found.hasEpoch else { return nil }
        let entry = StoredEntry(
            room: 0, place: found.place, kind: found.kind, target: found.target,
            beginsEpoch: true, author: 0, at: found.at)
        var out = ByteBuffer(minimumCapacity: line.count)
        _ = write(
            entry, room: found.room, user: found.user, text: line.extracting(found.text),
            id: line.extracting(found.id), targetEpoch: found.targetEpoch, to: &out)
        let written = out.span
        guard written.count == line.count else { return nil }
        for index in line.indices where written[index] != line[index] { return nil }
        return found
    }

    /// The parts of a frame that nothing was folded into; nil if it is none.
    static func parts(of frame: Span<UInt8>) -> Line? {
        var reader = LineReader(line: frame)
        return reader.entry()
    }
}

/// Goes through one line, part by part, in the order in which they are written.
private struct LineReader: ~Escapable {
    private let line: Span<UInt8>
    private var position = 0

    @_lifetime(copy line)
    init(line: Span<UInt8>) { self.line = line }

    mutating func entry() -> EntryFrame.Line? {
        guard skip("{\"type\":"), let kind = kind(), skip(",\"room\":"), let room = name(),
            skip(",\"offset\":"), let offset = number(), offset > 0
        else { return nil }
        var epoch: UInt64?
        if skip(",\"epoch\":") {
            guard let range = string(), let found = Epoch([UInt8](copying: line.extracting(range)))
            else { return nil }
            epoch = found.number
        }
        guard skip(",\"user\":"), let user = name(), let target = target(kind),
            let targetEpoch = targetEpoch(kind), let text = text(kind), skip(",\"at\":"),
            let time = string(), let at = wallTime(time)
        else { return nil }
        var id = 0..<0
        if skip(",\"id\":") {
            guard let range = string(), !range.isEmpty else { return nil }
            id = range
        }
        guard skip("}"), position == line.count else { return nil }
        return EntryFrame.Line(
            kind: kind, target: target, targetEpoch: targetEpoch, room: room, user: user,
            place: Place(offset: offset, epoch: epoch ?? EpochRuns.unknown),
            hasEpoch: epoch != nil, at: at, text: text, id: id)
    }

    private mutating func kind() -> EntryKind? {
        guard let range = string() else { return nil }
        return EntryKind.allCases.first { line.holds($0.name, in: range) }
    }

    /// The target, 0 if there is none; nil if there is none where one must be.
    private mutating func target(_ kind: EntryKind) -> Int? {
        guard skip(kind == .message ? ",\"reply\":" : ",\"target\":") else {
            return kind.changesTarget ? nil : 0
        }
        guard let target = number(), target > 0, kind != .topic else { return nil }
        return target
    }

    /// The epoch of the target, nil if there is none; nothing if it is none.
    private mutating func targetEpoch(_ kind: EntryKind) -> UInt64?? {
        guard skip(kind == .message ? ",\"reply_epoch\":" : ",\"target_epoch\":") else {
            return .some(nil)
        }
        guard let range = string(), let epoch = Epoch([UInt8](copying: line.extracting(range)))
        else { return nil }
        return .some(epoch.number)
    }

    /// Where the text is; nil if there is none where one must be.
    private mutating func text(_ kind: EntryKind) -> Range<Int>? {
        switch kind {
        case .message, .edited, .topic: return skip(",\"text\":") ? string() : nil
        case .deleted: return position..<position
        case .reaction:
            guard skip(",\"emoji\":") else { return nil }
            return skip("null") ? position..<position : string()
        }
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let end = position + literal.utf8CodeUnitCount
        guard end <= line.count, line.holds(literal, in: position..<end) else { return false }
        position = end
        return true
    }

    /// The inside of a string of JSON.
    private mutating func string() -> Range<Int>? {
        guard position < line.count, line[position] == UInt8(ascii: "\"") else { return nil }
        var scanner = JSONScanner()
        scanner.position = position
        guard let value = try? scanner.string(line) else { return nil }
        position = scanner.position
        return value.range
    }

    /// A name, which has no escapes.
    private mutating func name() -> String? {
        guard let range = string() else { return nil }
        let name = line.string(range)
        return Name.isWritable(name) ? name : nil
    }

    private mutating func number() -> Int? {
        let start = position
        while position < line.count, (0x30...0x39).contains(line[position]) { position += 1 }
        return Int(line.string(start..<position))
    }

    /// The inverse of ``Timestamp/writeWall(to:)``. What is no date is not written the same again.
    private func wallTime(_ range: Range<Int>) -> Int64? {
        guard range.count == 24 else { return nil }
        func field(_ start: Int, _ count: Int) -> Int64 {
            var value: Int64 = 0
            for index in range.lowerBound + start..<range.lowerBound + start + count {
                value = value * 10 + Int64(line[index]) - 0x30
            }
            return value
        }
        let month = field(5, 2)
        // Howard Hinnant's days_from_civil: a year begins in March, and an era has 400 years.
        let year = field(0, 4) - (month <= 2 ? 1 : 0)
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + field(8, 2) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let time = field(11, 2) * 3_600_000 + field(14, 2) * 60_000 + field(17, 2) * 1000
        return days * 86_400_000 + time + field(20, 3)
    }
}

// What an entry of a shared log is, but for its place: the one form in which nodes give entries to
// the log, and read them there. It is written and read here and nowhere else.
import Storage

/// An entry without its place. With a place and the room's name its frame is the same bytes on
/// every node (``EntryFrame``).
///
///     version 1 · time 8 · kind 1 · author 8 · (target 8 · its epoch 8) · "user" · "id" · "text"
///
/// Numbers are little-endian. The highest bit of the kind says that there is a target. The three
/// texts are strings of JSON as they stand in the frame, and the last two may be empty. In every
/// version the first nine bytes are these: a node that cannot read the rest shows that it cannot,
/// at the right place and time.
struct EntryBody {
    /// The only version so far. Nodes of one chat are upgraded one by one: a node that can read a
    /// later version must not write it before all can.
    static var version: UInt8 { 1 }
    /// The most bytes of a body: four times as much as the longest text that may be said.
    static var byteLimit: Int { 64 << 10 }
    /// The most bytes of an id: 64, each of them escaped.
    private static var idByteLimit: Int { 64 * 6 }
    private static var hasTarget: UInt8 { 0x80 }
    /// The epoch of a target that is older than the memory of the author's node. No entry has it.
    static var unknownEpoch: UInt64 { 0 }
    /// Up to the end of the year 9999, which has four digits.
    private static var latest: Int64 { 253_402_300_799_999 }

    var kind: EntryKind
    /// The message that it changes or answers. A log may be replaced by another one, in which this
    /// offset is another message: so the epoch is there too.
    var target: Place?
    /// See ``StoredEntry/author``.
    var author: Int64
    /// Milliseconds since 1970 in UTC.
    var at: Int64
    var user: String
    /// Where id and text are in the bytes from which the body was read.
    var id = 0..<0
    var text = 0..<0

    init(kind: EntryKind, target: Place?, author: Int64, at: Int64, user: String) {
        (self.kind, self.target, self.author, self.at, self.user) = (kind, target, author, at, user)
    }

    // MARK: Writing

    /// The body's bytes. `id` and `text` are as they stand inside of a JSON string.
    func bytes(id: Span<UInt8>, text: Span<UInt8>) -> [UInt8] {
        var out = ByteBuffer(minimumCapacity: 64 + user.utf8.count + id.count + text.count)
        out.append(Self.version)
        out.append(littleEndian: at)
        out.append(kind.rawValue | (target == nil ? 0 : Self.hasTarget))
        out.append(littleEndian: author)
        if let target {
            out.append(littleEndian: Int64(target.offset))
            out.append(littleEndian: target.epoch)
        }
        out.append("\"")
        out.append(utf8: user)
        out.append("\"\"")
        out.append(id)
        out.append("\"\"")
        out.append(text)
        out.append("\"")
        return [UInt8](copying: out.span)
    }

    // MARK: Reading

    /// The body that these bytes are; nil if this node cannot read them. They come from another
    /// process: whatever they are, what is made of them can be sent.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count <= Self.byteLimit, bytes.count >= 18, bytes[0] == Self.version,
            let at = Self.time(bytes),
            let kind = EntryKind(rawValue: bytes[9] & ~Self.hasTarget)
        else { return nil }
        let author = Int64(bitPattern: Self.number(bytes, at: 10))
        var scanner = JSONScanner()
        scanner.position = 18
        var target: Place?
        if bytes[9] & Self.hasTarget != 0 {
            guard bytes.count >= 34, kind != .topic,
                let offset = Int(exactly: Self.number(bytes, at: 18)), offset > 0
            else { return nil }
            target = Place(offset: offset, epoch: Self.number(bytes, at: 26))
            scanner.position = 34
        } else if kind.changesTarget {
            return nil
        }
        guard let user = Self.string(&scanner, bytes), let id = Self.string(&scanner, bytes),
            let text = Self.string(&scanner, bytes), scanner.position == bytes.count,
            id.count <= Self.idByteLimit, text.isEmpty || kind != .deleted
        else { return nil }
        let name = bytes.string(user)
        guard Name.isWritable(name) else { return nil }
        self.init(kind: kind, target: target, author: author, at: at, user: name)
        (self.id, self.text) = (id, text)
    }

    /// When the entry was made, as the bytes of any version say it.
    static func time(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count >= 9 else { return nil }
        let at = Int64(bitPattern: number(bytes, at: 1))
        return (0...latest).contains(at) ? at : nil
    }

    private static func number(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in (start..<start + 8).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }

    private static func string(
        _ scanner: inout JSONScanner, _ bytes: Span<UInt8>
    ) -> Range<Int>? {
        guard scanner.position < bytes.count, bytes[scanner.position] == UInt8(ascii: "\"") else {
            return nil
        }
        return (try? scanner.string(bytes))?.range
    }

    // MARK: The frame

    /// Appends the frame of the entry at a place. The body was read from `bytes`.
    func writeFrame(
        at place: Place, beginsEpoch: Bool, room: borrowing String, _ bytes: Span<UInt8>,
        to out: inout ByteBuffer
    ) -> StoredEntry {
        let entry = StoredEntry(
            room: 0, place: place, kind: kind, target: target?.offset ?? 0,
            beginsEpoch: beginsEpoch, author: author, at: at)
        // Almost always it is the same: then the frame needs no word on it.
        let targetEpoch = target.flatMap {
            $0.epoch == place.epoch || $0.epoch == Self.unknownEpoch ? nil : $0.epoch
        }
        return EntryFrame.write(
            entry, room: room, user: user, text: bytes.extracting(text), id: bytes.extracting(id),
            targetEpoch: targetEpoch, to: &out)
    }

    /// Appends the frame of an entry that this node cannot read: it keeps its place, and says so.
    static func writeUnreadable(
        at place: Place, beginsEpoch: Bool, room: borrowing String, _ bytes: Span<UInt8>,
        to out: inout ByteBuffer
    ) -> StoredEntry {
        let entry = StoredEntry(
            room: 0, place: place, beginsEpoch: beginsEpoch, author: 0, at: time(bytes) ?? 0)
        let text: [UInt8] = Array(
            "A newer server has written this message, and this one cannot read it.".utf8)
        return EntryFrame.write(
            entry, room: room, user: "server", text: text.span, id: Span(), to: &out)
    }
}

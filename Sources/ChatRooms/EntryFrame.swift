// The one form in which an entry is sent and kept. It is written here and nowhere else, so that an
// entry that comes from a database is the same bytes as its push was.
import Storage

/// Writes an entry's frame, part by part. A message's is
/// `{"type":"message","room":…,"offset":…,"epoch":…,"user":…,"reply":…,"text":…,"at":…,"id":…}`.
///
/// `epoch` is there only if the entry before it has another one, `reply` only in an answer, and
/// `id` only if the author gave one. `reply_epoch` stands behind `reply` if that has another epoch
/// than the entry, in a log that several nodes share. The other kinds have `target` where a message
/// has `reply`. A deletion has no `text`, and a reaction `emoji`, which is null if it was taken
/// back.
public enum EntryFrame {
    /// Up to the author's name. Returns where that lies in `out`.
    @inline(__always)
    static func open(
        _ kind: EntryKind, _ room: borrowing String, _ place: Place, beginsEpoch: Bool,
        _ user: borrowing String, to out: inout ByteBuffer
    ) -> Range<Int> {
        if kind == .message {
            // Almost all are.
            out.append("{\"type\":\"message\",\"room\":\"")
        } else {
            out.append("{\"type\":\"")
            out.append(kind.name)
            out.append("\",\"room\":\"")
        }
        out.append(utf8: room)
        out.append("\",\"offset\":")
        out.append(decimal: place.offset)
        if beginsEpoch {
            out.append(",\"epoch\":\"")
            out.append(utf8: Epoch(number: place.epoch).text)
            out.append("\"")
        }
        out.append(",\"user\":\"")
        let start = out.count
        out.append(utf8: user)
        return start..<out.count
    }

    /// From the quote behind the author's name up to where the text begins. `hasText` is false if
    /// there is none: then `endText` is left out.
    @inline(__always)
    static func beginText(
        _ kind: EntryKind, _ target: Int, _ targetEpoch: UInt64? = nil, hasText: Bool,
        to out: inout ByteBuffer
    ) {
        out.append("\"")
        if target > 0 {
            out.append(kind == .message ? ",\"reply\":" : ",\"target\":")
            out.append(decimal: target)
            if let targetEpoch {
                out.append(kind == .message ? ",\"reply_epoch\":\"" : ",\"target_epoch\":\"")
                out.append(utf8: Epoch(number: targetEpoch).text)
                out.append("\"")
            }
        }
        if hasText {
            out.append(kind == .reaction ? ",\"emoji\":\"" : ",\"text\":\"")
        } else if kind == .reaction {
            out.append(",\"emoji\":null")
        }
    }

    /// The quote behind a text.
    @inline(__always)
    static func endText(to out: inout ByteBuffer) { out.append("\"") }

    /// The time, up to its last digit.
    @inline(__always)
    static func writeTime(_ wall: Int64, to out: inout ByteBuffer) {
        out.append(",\"at\":\"")
        Timestamp(monotonic: 0, wall: wall).writeWall(to: &out)
    }

    /// What stands in front of the id, if there is one.
    static var beforeID: StaticString { "\",\"id\":\"" }
    /// What ends every entry, right behind its id or time.
    static var end: StaticString { "\"}" }

    /// Whether a frame has a text: of a reaction that is its emoji.
    static func hasText(_ kind: EntryKind, isEmpty: Bool) -> Bool {
        switch kind {
        case .message, .edited, .topic: true
        case .deleted: false
        case .reaction: !isEmpty
        }
    }

    /// Writes the frame of a kept entry: the same bytes as its push. `text` and `id` are as they
    /// were in the push, an empty `id` is none. Returns the entry, with its ranges in `out`.
    ///
    /// With `fold`, it is a message as it is after later entries have changed it.
    public static func write(
        _ entry: StoredEntry, room: borrowing String, user: borrowing String, text: Span<UInt8>,
        id: Span<UInt8>, targetEpoch: UInt64? = nil, as fold: Fold? = nil, to out: inout ByteBuffer
    ) -> StoredEntry {
        var written = entry
        let start = out.count
        written.user = open(
            entry.kind, room, entry.place, beginsEpoch: entry.beginsEpoch, user, to: &out)
        let fold = entry.kind == .message ? fold : nil
        let isDeleted = fold.map { $0.deletion > 0 } ?? false
        let hasText = !isDeleted && hasText(entry.kind, isEmpty: text.isEmpty)
        beginText(entry.kind, entry.target, targetEpoch, hasText: hasText, to: &out)
        written.text = out.count..<out.count
        if hasText {
            if let fold, fold.edition > 0 {
                out.append(fold.text.span)
            } else {
                out.append(text)
            }
            written.text = written.text.lowerBound..<out.count
            endText(to: &out)
        }
        fold?.write(to: &out)
        writeTime(entry.at, to: &out)
        written.id = out.count..<out.count
        if !id.isEmpty {
            out.append(beforeID)
            written.id = out.count..<out.count + id.count
            out.append(id)
        }
        out.append(end)
        written.frame = start..<out.count
        return written
    }
}

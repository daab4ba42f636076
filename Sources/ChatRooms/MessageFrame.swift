// The one form in which a message is sent and kept. It is written here and nowhere else, so that a
// message that comes from a database is the same bytes as its push was.
import Storage

/// Writes a message's frame, part by part and in this order:
/// `{"type":"message","room":…,"offset":…,"epoch":…,"user":…,"text":…,"at":…,"id":…}`.
///
/// `epoch` is there only if the entry before it has another one, and `id` only if the author gave
/// one. Texts are written between `openText` and `closeText`, and ids behind `openID`, escaped as
/// JSON wants it.
public enum MessageFrame {
    /// Up to the quote in front of the text. Returns where the author's name lies in `out`.
    @inline(__always)
    static func open(
        _ room: borrowing String, _ place: Place, beginsEpoch: Bool, _ user: borrowing String,
        to out: inout ByteBuffer
    ) -> Range<Int> {
        out.append("{\"type\":\"message\",\"room\":\"")
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
        let end = out.count
        out.append("\",\"text\":\"")
        return start..<end
    }

    /// From the quote behind the text up to the time's last digit.
    @inline(__always)
    static func writeTime(_ wall: Int64, to out: inout ByteBuffer) {
        out.append("\",\"at\":\"")
        Timestamp(monotonic: 0, wall: wall).writeWall(to: &out)
    }

    /// What stands in front of the id, if there is one.
    static var beforeID: StaticString { "\",\"id\":\"" }
    /// What ends every message, right behind its id or time.
    static var end: StaticString { "\"}" }

    /// Writes the frame of a kept message: the same bytes as its push. `text` and `id` are as they
    /// were in the push, an empty `id` is none. Returns the entry, with its ranges in `out`.
    public static func write(
        _ entry: StoredEntry, room: borrowing String, user: borrowing String, text: Span<UInt8>,
        id: Span<UInt8>, to out: inout ByteBuffer
    ) -> StoredEntry {
        var written = entry
        let start = out.count
        written.user = open(
            room, entry.place, beginsEpoch: entry.beginsEpoch, user, to: &out)
        written.text = out.count..<out.count + text.count
        out.append(text)
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

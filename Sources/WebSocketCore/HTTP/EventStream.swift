// Server-Sent Events: the format of each event, and the chunk that carries it.
import Storage

/// The format of Server-Sent Events (WHATWG HTML §9.2): a body of type `text/event-stream` in which
/// every event ends with an empty line. Each event is one chunk of a chunked body (RFC 9112 §7.1),
/// so that the same bytes go to every reader, and so that a proxy sees where a body was cut off.
public enum EventStream {
    /// The value of Content-Type; the encoding is always UTF-8.
    public static let contentType = "text/event-stream"

    /// How many bytes the chunk at the beginning of `bytes` has, with its size and its line ends;
    /// nil if the size is not complete. It is for walking a log of chunks that we wrote ourselves.
    public static func chunkByteCount(_ bytes: Span<UInt8>) -> Int? {
        var size = 0
        for index in bytes.indices {
            // No chunk of ours is that long.
            guard size <= Int.max >> 8 else { return nil }
            switch bytes[index] {
            case 0x30...0x39: size = size << 4 | Int(bytes[index] - 0x30)
            case 0x61...0x66: size = size << 4 | Int(bytes[index] - 0x61 + 10)
            default: return index + 2 + size + 2
            }
        }
        return nil
    }
}

extension ByteBuffer {
    /// Appends an event as one chunk. Each line of `text` becomes a line of data, whether it ends
    /// with LF, CR or both; the reader gets the lines back with LF between them.
    ///
    /// - Parameters:
    ///   - text: the data, in UTF-8, which is not checked.
    ///   - id: what the reader will say was the last event that it got; empty for none. It takes no
    ///     NUL, CR or LF: each becomes a space, so that no id can inject a field.
    ///   - name: the type of the event; empty for `message`. Treated like `id`.
    public mutating func appendEvent(
        _ text: Span<UInt8>, id: Span<UInt8> = Span(), name: String = ""
    ) {
        var name = name
        name.makeContiguousUTF8()
        var body =
            1 + Self.fieldByteCount("id: ", id) + Self.fieldByteCount("event: ", name.utf8.span)
        var start: Int? = 0
        while let begin = start {
            let (end, next) = Self.line(of: text, from: begin)
            body += 7 + end - begin
            start = next
        }
        beginChunk(body)
        appendEventField("id: ", id)
        appendEventField("event: ", name.utf8.span)
        start = 0
        while let begin = start {
            let (end, next) = Self.line(of: text, from: begin)
            append("data: ")
            append(text.extracting(begin..<end))
            append(UInt8(ascii: "\n"))
            start = next
        }
        append("\n\r\n")
    }

    /// Appends a comment as one chunk: readers ignore it, and whatever is in between sees that the
    /// stream is alive.
    public mutating func appendEventComment() { append("3\r\n:\n\n\r\n") }

    /// Appends a block without an event, as one chunk: from now on the reader says that `id` was
    /// the last event that it got, and waits this long before it connects again.
    public mutating func appendReconnection(id: Span<UInt8>, afterMilliseconds delay: Int?) {
        var retry = ByteBuffer()
        if let delay { retry.append(decimal: delay) }
        let retryField: StaticString = "retry: "
        beginChunk(
            1 + Self.fieldByteCount("id: ", id) + Self.fieldByteCount(retryField, retry.span))
        appendEventField("id: ", id)
        appendEventField(retryField, retry.span)
        append("\n\r\n")
    }

    private mutating func beginChunk(_ byteCount: Int) {
        reserve(byteCount + 20)
        appendChunkSize(byteCount)
    }

    private static func fieldByteCount(_ name: StaticString, _ value: Span<UInt8>) -> Int {
        value.isEmpty ? 0 : name.utf8CodeUnitCount + value.count + 1
    }

    /// Appends a field, unless its value is empty.
    private mutating func appendEventField(_ name: StaticString, _ value: Span<UInt8>) {
        guard !value.isEmpty else { return }
        append(name)
        let start = count
        append(value)
        var bytes = mutableSpan
        for index in start..<bytes.count where [0x00, 0x0A, 0x0D].contains(bytes[index]) {
            bytes[index] = 0x20
        }
        append(UInt8(ascii: "\n"))
    }

    /// Where the line that begins at `start` ends, and where the next one begins; nil after the
    /// last.
    private static func line(of text: Span<UInt8>, from start: Int) -> (end: Int, next: Int?) {
        var index = start
        while index < text.count {
            let byte = text[index]
            if byte == 0x0A { return (index, index + 1) }
            if byte == 0x0D {
                let isPair = index + 1 < text.count && text[index + 1] == 0x0A
                return (index, index + (isPair ? 2 : 1))
            }
            index += 1
        }
        return (text.count, nil)
    }
}

// The log of a topic: frames ready to be sent, the same bytes for every subscriber.
import Storage
import WebSocketCore

/// A sequence of whole frames, or of events in chunks for event streams, of which the oldest are
/// dropped once all subscribers have them. Offsets count from the first byte ever appended.
struct TopicLog: ~Copyable {
    private var bytes = ByteBuffer()
    /// The offset of the oldest byte that is kept.
    private(set) var start: UInt64 = 0
    /// The offset at which the newest frame begins.
    private(set) var latestFrame: UInt64 = 0

    init() {}

    /// A restored log: `frames` begin at `start`, and the newest of them at `latestFrame`.
    init?(start: UInt64, latestFrame: UInt64, frames: Span<UInt8>) {
        let (end, overflows) = start.addingReportingOverflow(UInt64(frames.count))
        guard !overflows, latestFrame <= end else { return nil }
        self.start = start
        self.latestFrame = latestFrame
        bytes.append(frames)
    }

    /// All the frames that are kept.
    var frames: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span }
    }

    /// The offset that the next byte will get.
    var end: UInt64 { start + UInt64(bytes.count) }

    /// How many bytes of memory it owns.
    var capacity: Int { bytes.capacity }

    /// Appends one frame from the server (unmasked, RFC 6455 §5.1).
    mutating func append(_ opcode: Opcode, _ payload: Span<UInt8>) {
        latestFrame = end
        bytes.appendFrame(opcode, payload)
    }

    /// Appends one frame, compressed if that makes it shorter.
    mutating func append(
        _ opcode: Opcode, deflating payload: Span<UInt8>, _ deflaters: inout DeflaterPool
    ) {
        latestFrame = end
        deflaters.appendFrame(
            opcode, payload, windowBits: DeflateParameters.windowBits.upperBound, to: &bytes)
    }

    /// Appends one event, for event streams.
    mutating func append(event text: Span<UInt8>, id: Span<UInt8>) {
        latestFrame = end
        bytes.appendEvent(text, id: id)
    }

    /// The frames from one offset to another. Both must lie in the log.
    @_lifetime(borrow self)
    func slice(from: UInt64, to: UInt64) -> Span<UInt8> {
        bytes.span.extracting(Int(from - start)..<Int(to - start))
    }

    /// The end of the frame that contains `offset`, found by walking from `cursor`, a frame
    /// boundary.
    func boundary(at offset: UInt64, from cursor: UInt64, hasEvents: Bool) -> UInt64 {
        var boundary = cursor
        while boundary < offset {
            let frame = slice(from: boundary, to: end)
            let byteCount =
                hasEvents
                ? EventStream.chunkByteCount(frame) : FrameHeader.frameByteCount(frame)
            guard let byteCount else { preconditionFailure("a log holds whole frames") }
            boundary += UInt64(byteCount)
        }
        return boundary
    }

    /// Drops everything before `offset`. When nothing is left, the memory goes to `spare` if that
    /// has none, and otherwise back to the system.
    mutating func drop(before offset: UInt64, spare: inout ByteBuffer) {
        guard offset > start else { return }
        bytes.removeFirst(Int(offset - start))
        start = offset
        guard bytes.isEmpty else { return }
        if spare.capacity == 0, bytes.capacity <= 256 * 1024 { swap(&bytes, &spare) }
        bytes.removeAll()
    }

    /// Takes the memory of `spare` if it has none of its own.
    mutating func acquireBuffer(of spare: inout ByteBuffer) {
        if bytes.capacity == 0 { swap(&bytes, &spare) }
    }
}

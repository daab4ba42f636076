// The resumable parser of response heads: it finds the end of a head and refuses invalid ones.

/// Checks an HTTP/1.1 response head (RFC 9112 §4–5) as it arrives and finds its end: the client's
/// counterpart of ``RequestHeadParser``.
///
/// It keeps a position and a state but no bytes: `bytes` always begins at the head's first byte and
/// only grows, and no byte is examined twice.
public struct ResponseHeadParser: BitwiseCopyable, Sendable {
    /// The result for the bytes seen so far.
    public enum Progress: Equatable, Sendable {
        /// Valid so far, but not complete.
        case incomplete
        /// The head is the first `byteCount` bytes. Pass exactly these to ``ReceivedResponseHead``.
        case complete(byteCount: Int)
        /// This is not a valid response head; the connection can't be used.
        case malformed(reason: String)
    }

    enum State: UInt8, BitwiseCopyable {
        case versionAndStatus, reasonPhrase, statusLineEnd, fields, complete, malformed
    }

    var scanned: UInt32 = 0
    var state = State.versionAndStatus
    var fields = FieldLines()
    var flaw = HeadFlaw.notAResponse

    /// A parser at the first byte.
    public init() {}

    /// Parses the new part of `bytes`, which begin at the head's first byte. `limit` is the most
    /// bytes that a head may have; it may have as many fields as a request of that size.
    public mutating func parse(_ bytes: Span<UInt8>, limit: Int) -> Progress {
        let end = min(bytes.count, limit, Int(UInt32.max))
        var index = Int(scanned)
        let fieldLimit = FieldLines.limit(headByteLimit: limit)
        while index < end && state.rawValue < State.complete.rawValue {
            index = step(bytes, index, end, fieldLimit)
        }
        scanned = UInt32(index)
        if state == .complete { return .complete(byteCount: index) }
        if state != .malformed && index >= limit { refuse(.headTooLong) }
        return state == .malformed ? .malformed(reason: flaw.reason) : .incomplete
    }

    /// Consumes at least one byte in the current state and returns the next index.
    private mutating func step(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ fieldLimit: Int
    ) -> Int {
        var index = start
        switch state {
        case .versionAndStatus:
            versionAndStatus(bytes[index], at: index)
        case .reasonPhrase:
            index = bytes.endOfFieldValue(from: index, to: end)
            if index == end { return index }
            if bytes[index] == 0x0D {
                state = .statusLineEnd
            } else {
                refuse(bytes[index] == 0x0A ? .bareLineFeed : .badReasonPhrase)
            }
        case .statusLineEnd:
            if bytes[index] == 0x0A { state = .fields } else { refuse(.bareCarriageReturn) }
        case .fields:
            index = fields.step(bytes, index, end, fieldLimit)
            if fields.isComplete { state = .complete }
            if let flaw = fields.flaw { refuse(flaw) }
            return index
        case .complete, .malformed:
            return index
        }
        return index + 1
    }

    /// One byte of `HTTP/1.1 101 `, which has the same length in every response. The space after
    /// the status is required, even if no phrase follows (RFC 9112 §4).
    private mutating func versionAndStatus(_ byte: UInt8, at index: Int) {
        switch index {
        case 0..<7:
            if byte != Self.versionPattern[index] { refuse(.notAResponse) }
        case 7:
            if byte != UInt8(ascii: "0") && byte != UInt8(ascii: "1") { refuse(.notAResponse) }
        case 8:
            if byte != 0x20 { refuse(.notAResponse) }
        case 9:
            if !(UInt8(ascii: "1")...UInt8(ascii: "5")).contains(byte) { refuse(.badStatus) }
        case 10, 11:
            if !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { refuse(.badStatus) }
        default:
            if byte == 0x20 { state = .reasonPhrase } else { refuse(.badStatus) }
        }
    }

    private static var versionPattern: InlineArray<7, UInt8> {
        [0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E]
    }

    private mutating func refuse(_ flaw: HeadFlaw) {
        state = .malformed
        self.flaw = flaw
    }
}

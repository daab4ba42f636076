// The resumable parser of request heads: it finds the end of a head and refuses invalid ones.

/// Checks an HTTP/1.1 request head (RFC 9112 §2–5) as it arrives and finds its end.
///
/// It keeps a position and a state but no bytes: `bytes` always begins at the head's first byte and
/// only grows, and no byte is examined twice. It is strict where lenient parsers have allowed
/// request smuggling: CRLF only, no folded lines, no space before a colon, tokens as names, no
/// control characters in values.
public struct RequestHeadParser: BitwiseCopyable, Sendable {
    /// The result for the bytes seen so far.
    public enum Progress: Equatable, Sendable {
        /// Valid so far, but not complete.
        case incomplete
        /// The head is the first `byteCount` bytes. Pass exactly these to ``RequestHead``.
        case complete(byteCount: Int)
        /// The head is invalid or not supported; close the connection after the response.
        case rejected(HandshakeRejection)
    }

    /// The most fields that a head of at most `headByteLimit` bytes may have: one for each 64
    /// bytes, and a hundred if that is fewer. A head of more is made of tiny fields, and each look
    /// at a head passes all of its fields.
    public static func fieldLimit(headByteLimit: Int) -> Int {
        FieldLines.limit(headByteLimit: headByteLimit)
    }

    typealias Flaw = HeadFlaw

    enum State: UInt8, BitwiseCopyable {
        case start, emptyLine, method, targetStart, target, version, requestLineEnd
        case fields
        case complete, rejected
    }

    var scanned: UInt32 = 0
    var targetStart: UInt32 = 0
    var targetEnd: UInt32 = 0
    var state = State.start
    var fields = FieldLines()
    /// How many bytes of "HTTP/1.1" have been matched.
    var versionIndex: UInt8 = 0
    var flaw = Flaw.notHTTP

    /// A parser at the first byte.
    public init() {}

    /// Parses the new part of `bytes`, which begin at the head's first byte.
    ///
    /// `limit` is the most bytes that a head may have. A longer head is rejected with 414 if the
    /// limit is reached within the target, and with 431 otherwise (RFC 6585 §5), as is a head of
    /// more fields than ``fieldLimit(headByteLimit:)``.
    public mutating func parse(_ bytes: Span<UInt8>, limit: Int) -> Progress {
        let end = min(bytes.count, limit, Int(UInt32.max))
        var index = Int(scanned)
        let fieldLimit = FieldLines.limit(headByteLimit: limit)
        while index < end && state.rawValue < State.complete.rawValue {
            index = step(bytes, index, end, fieldLimit)
        }
        scanned = UInt32(index)
        if state == .complete { return .complete(byteCount: index) }
        if state != .rejected && index >= limit {
            reject(state == .target ? .targetTooLong : .headTooLong)
        }
        return state == .rejected ? .rejected(flaw.rejection) : .incomplete
    }

    /// Consumes at least one byte in the current state and returns the next index.
    @inline(__always)
    private mutating func step(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ fieldLimit: Int
    ) -> Int {
        if state != .fields { return requestLine(bytes, start, end) }
        let next = fields.step(bytes, start, end, fieldLimit)
        if fields.isComplete { state = .complete }
        if let flaw = fields.flaw { reject(flaw) }
        return next
    }

    mutating func reject(_ flaw: Flaw) {
        state = .rejected
        self.flaw = flaw
    }
}

// The resumable reader of request heads: it finds where a head ends and refuses what is not one.

/// Checks an HTTP/1.1 request head (RFC 9112 §2–5) as it arrives and says where it ends.
///
/// It keeps a place and a state, no bytes: `bytes` always begins at the head's first byte and only
/// grows, and no byte is looked at twice. It is strict where leniency has been the way in for
/// request smuggling: CRLF only, no folded lines, no space before a colon, tokens for names, no
/// control characters in values.
public struct RequestHeadParser: BitwiseCopyable, Sendable {
    /// What the bytes seen so far amount to.
    public enum Progress: Equatable, Sendable {
        /// No mistake so far, and no end.
        case incomplete
        /// The head takes the first `byteCount` bytes. Give exactly these to ``RequestHead``.
        case complete(byteCount: Int)
        /// This is no head that we serve; the connection should end with the response.
        case rejected(HandshakeRejection)
    }

    /// The most fields that a head may have.
    public static let fieldLimit = FieldLines.limit

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

    /// A parser before the first byte.
    public init() {}

    /// Looks at what is new in `bytes`, which begin at the head's first byte.
    ///
    /// `limit` is the most bytes that a head may have; past it the answer is 414 if the
    ///   target is to blame and 431 otherwise (RFC 6585 §5).
    public mutating func parse(_ bytes: Span<UInt8>, limit: Int) -> Progress {
        let end = min(bytes.count, limit, Int(UInt32.max))
        var index = Int(scanned)
        while index < end && state.rawValue < State.complete.rawValue {
            index = step(bytes, index, end)
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
    private mutating func step(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        if state != .fields { return requestLine(bytes, start, end) }
        let next = fields.step(bytes, start, end)
        if fields.isComplete { state = .complete }
        if let flaw = fields.flaw { reject(flaw) }
        return next
    }

    mutating func reject(_ flaw: Flaw) {
        state = .rejected
        self.flaw = flaw
    }
}

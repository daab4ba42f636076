// A complete received request head: its bytes, and the positions of its parts in them.

/// The head of an HTTP request (RFC 9112 §2.1).
///
/// It keeps the bytes as received and a table of positions; a `String` is made only when a property
/// is read.
public struct RequestHead: HTTPHead {
    /// The fields, and the bytes of the whole head.
    public let headerFields: HTTPFields
    /// The request method.
    public let method: HTTPMethod
    /// 0 or 1: the digit after `HTTP/1.`.
    public let minorVersion: UInt8
    let methodRange: Range<Int>
    let targetRange: Range<Int>
    /// Host and port of an absolute target; nil in other forms.
    let authorityRange: Range<Int>?
    let pathRange: Range<Int>
    let queryRange: Range<Int>

    /// Parses exactly the bytes that ``RequestHeadParser`` reported as complete. Other bytes are a
    /// bug of the caller and end the process.
    public init(parsing head: Span<UInt8>) {
        let lineStart = head[0] == 0x0D ? 2 : 0
        guard let methodEnd = head.firstIndex(of: 0x20, from: lineStart),
            let targetEnd = head.firstIndex(of: 0x20, from: methodEnd + 1),
            let lineEnd = head.firstIndex(of: 0x0D, from: targetEnd + 1)
        else { preconditionFailure("not a request head") }
        methodRange = lineStart..<methodEnd
        method = HTTPMethod(head.extracting(methodRange))
        targetRange = methodEnd + 1..<targetEnd
        minorVersion = head[lineEnd - 1] - UInt8(ascii: "0")
        let target = head.extracting(targetRange)
        guard let parts = RequestTarget(target) else { preconditionFailure("not a request target") }
        let path = parts.path
        let question = target.firstIndex(of: UInt8(ascii: "?"), from: path.lowerBound)
        let base = targetRange.lowerBound
        authorityRange = parts.authority.map { base + $0.lowerBound..<base + $0.upperBound }
        pathRange = base + path.lowerBound..<base + (question ?? path.upperBound)
        queryRange = base + (question.map { $0 + 1 } ?? path.upperBound)..<base + path.upperBound
        headerFields = HTTPFields(parsing: head, from: lineEnd + 2)
    }

    /// The method as it was sent.
    public var methodName: String { text(methodRange) }

    /// The request target as it was sent.
    public var target: String { text(targetRange) }

    /// The path in its normal form (RFC 3986 §6.2.2): percent-encoded, but for the unreserved
    /// characters of §2.3, and without the segments `.` and `..`. It is `/` if the target has none,
    /// and `*` in `OPTIONS *`. See ``decodedPath``, and ``target`` for what was sent.
    public var path: String {
        if pathRange.isEmpty { return "/" }
        let sent = bytes.span.extracting(pathRange)
        return PercentEncoding.needsNormalizing(sent)
            ? PercentEncoding.normalPath(sent) : sent.text
    }

    /// The query: what follows the target's first `?`, as it was sent; nil if there is no `?`.
    public var query: String? {
        queryRange.lowerBound > pathRange.upperBound ? text(queryRange) : nil
    }

    /// Whether ``path`` is `literal`. Nearly always this makes no `String` of it.
    public func pathIs(_ literal: StaticString) -> Bool {
        let sent = bytes.span.extracting(pathRange)
        if sent.isEmpty || PercentEncoding.needsNormalizing(sent) {
            return path == literal.description
        }
        return sent.isExactly(literal)
    }
}

// The request target (RFC 9112 §3.2): its forms, and the parts of each.

/// Where the parts of a request target are.
struct RequestTarget {
    /// Host and port of an absolute target, which every server must accept (§3.2.2); nil for other
    /// forms.
    let authority: Range<Int>?
    /// Path and query: all of an origin-form and of `*`, and what follows the authority of an
    /// absolute target, which may be empty.
    let path: Range<Int>

    /// Nil if the target is of another form.
    init?(_ target: Span<UInt8>) {
        if target.count > 0, target[0] == UInt8(ascii: "/") || Self.isAsterisk(target) {
            authority = nil
            path = 0..<target.count
            return
        }
        guard let start = Self.endOfScheme(target) else { return nil }
        var end = start
        while end < target.count, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        authority = start..<end
        path = end..<target.count
    }

    /// What is wrong with the target of a request with this method, if anything.
    static func flaw(in target: Span<UInt8>, of method: HTTPMethod) -> HeadFlaw? {
        // Its target would be a host and port (§3.2.3), and its answer begins a tunnel.
        if method == .connect { return .connect }
        guard let parts = RequestTarget(target), !isAsterisk(target) || method == .options else {
            return .badTargetForm
        }
        if let authority = parts.authority, Authority(target.extracting(authority)) == nil {
            return .badAuthority
        }
        // The bytes of a query are for the application: browsers send a bare percent sign there.
        let end = target.firstIndex(of: UInt8(ascii: "?"), from: parts.path.lowerBound)
        let path = target.extracting(parts.path.lowerBound..<(end ?? target.count))
        return PercentEncoding.isValid(path) ? nil : .badPercentEncoding
    }

    /// The target of `OPTIONS *`, which asks about the server as a whole (§3.2.4).
    private static func isAsterisk(_ target: Span<UInt8>) -> Bool {
        target.count == 1 && target[0] == UInt8(ascii: "*")
    }

    /// The end of "http://" and the like at the front of an absolute target.
    private static func endOfScheme(_ target: Span<UInt8>) -> Int? {
        let schemes: InlineArray<4, StaticString> = ["http://", "https://", "ws://", "wss://"]
        for index in schemes.indices {
            let count = schemes[index].utf8CodeUnitCount
            if target.count >= count, target.extracting(first: count).equals(schemes[index]) {
                return count
            }
        }
        return nil
    }
}

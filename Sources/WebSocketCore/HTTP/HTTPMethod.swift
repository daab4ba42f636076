// The methods that a request can have.

/// The methods of RFC 9110 §9 and PATCH; `.other` is any other token, see
/// ``RequestHead/methodName``.
@frozen
public enum HTTPMethod: UInt8, BitwiseCopyable, Sendable {
    /// As named in RFC 9110 §9 and RFC 5789; `other` stands for every other token. Requests with
    /// `connect` are refused, since only a proxy has an answer to them.
    case get, head, post, put, delete, options, patch, connect, trace, other

    /// Methods are case-sensitive (RFC 9110 §9.1).
    init(_ name: Span<UInt8>) {
        self =
            if name.isExactly("GET") { .get } else if name.isExactly("HEAD") {
                .head
            } else if name.isExactly("POST") { .post } else if name.isExactly("PUT") {
                .put
            } else if name.isExactly("DELETE") { .delete } else if name.isExactly("OPTIONS") {
                .options
            } else if name.isExactly("PATCH") { .patch } else if name.isExactly("CONNECT") {
                .connect
            } else if name.isExactly("TRACE") { .trace } else { .other }
    }
}

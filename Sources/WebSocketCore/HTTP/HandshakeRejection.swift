// The refusal of a request, as it is sent back to the client.
import Storage

/// Why a request is refused: a status, a sentence that says what is wrong and what to do, and the
/// header fields that the status requires.
public struct HandshakeRejection: Error, Sendable {
    /// The status of the response.
    public var status: HTTPStatus
    /// The body of the response: text for a person, unless ``headers`` say otherwise. A browser
    /// does not show it for a script that opened a WebSocket; other clients do.
    public var reason: String
    /// Additional fields, such as `Allow` or `Retry-After`. With a `Content-Type` among them the
    /// reason is sent unchanged, as JSON for example; without it, it is plain text with a line feed
    /// added.
    public var headers: [(String, String)]

    /// A refusal with this status and text.
    public init(_ status: HTTPStatus, reason: String, headers: [(String, String)] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// The rejection for a required field that appeared `count` times instead of once.
    static func notOnce(_ name: String, _ count: Int) -> HandshakeRejection {
        HandshakeRejection(
            .badRequest,
            reason: count > 1
                ? "There is more than one \(name) field: send one."
                : "The \(name) field is missing: send it.")
    }

    /// Appends the whole response, with `Connection: close`.
    ///
    /// `date` is the value of the `Date` field, see ``HTTPDate``; nil leaves the field out. In
    /// answer to HEAD pass false for `hasBody`, and the body is left out.
    public func appendResponse(
        to output: inout ByteBuffer, date: String? = nil, hasBody: Bool = true
    ) {
        var head = ResponseHead(status)
        let hasType = headers.contains { $0.0.utf8.span.equals("Content-Type") }
        head.headers = hasType ? headers : [("Content-Type", "text/plain; charset=utf-8")] + headers
        head.body = .length(reason.utf8.count + (hasType ? 0 : 1))
        head.keepsAlive = false
        head.date = date
        head.append(to: &output)
        if status.forbidsBody || !hasBody { return }
        output.append(utf8: reason)
        if !hasType { output.append("\n") }
    }
}

extension HandshakeRejection: Equatable {
    public static func == (left: HandshakeRejection, right: HandshakeRejection) -> Bool {
        left.status == right.status && left.reason == right.reason
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}

extension HandshakeRejection: CustomStringConvertible {
    public var description: String { "\(status): \(reason)" }
}

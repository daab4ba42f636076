// The refusal of a request, in the form in which it goes back to the one who asked.
import Storage

/// Why a request is not served: a status, a sentence that says what is wrong and what to do, and
/// whatever header fields the status calls for.
public struct HandshakeRejection: Error, Sendable {
    /// The status of the response.
    public var status: HTTPStatus
    /// The body of the response: text for a person, unless ``headers`` say otherwise. A browser
    /// shows it to nobody whose script has opened a WebSocket; programs do.
    public var reason: String
    /// Fields beside those that every response has, such as `Allow` or `Retry-After`. With a
    /// `Content-Type` among them the reason goes out as it is, as JSON for instance; without, it is
    /// plain text with a line feed at its end.
    public var headers: [(String, String)]

    /// A refusal with this status and text.
    public init(_ status: HTTPStatus, reason: String, headers: [(String, String)] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// A field that must be there exactly once was there `count` times.
    static func notOnce(_ name: String, _ count: Int) -> HandshakeRejection {
        HandshakeRejection(
            .badRequest,
            reason: count > 1
                ? "There is more than one \(name) field: send one."
                : "The \(name) field is missing: send it.")
    }

    /// Appends the whole response: it announces that the connection ends with it.
    ///
    /// `date` is the value of the `Date` field, see ``HTTPDate``; nil leaves the field out.
    public func appendResponse(to output: inout ByteBuffer, date: String? = nil) {
        var head = ResponseHead(status)
        let hasType = headers.contains { $0.0.utf8.span.equals("Content-Type") }
        head.headers = hasType ? headers : [("Content-Type", "text/plain; charset=utf-8")] + headers
        head.body = .length(reason.utf8.count + (hasType ? 0 : 1))
        head.keepsAlive = false
        head.date = date
        head.append(to: &output)
        if status.forbidsBody { return }
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

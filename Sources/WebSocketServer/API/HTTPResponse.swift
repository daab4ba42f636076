// A whole response, as the handler gives it.
import LinuxReactor
import WebSocketCore

/// A whole response.
public struct HTTPResponse: Sendable {
    /// The status line (RFC 9110 §15).
    public var status: HTTPStatus
    /// Fields beside Date, Connection and Content-Length, which are written by themselves. A name
    /// must be a token, or the process ends; in a value control characters become spaces.
    public var headers: [(String, String)]
    /// The bytes of the body; not sent in answer to HEAD, nor with a status that forbids one.
    public var body: [UInt8]

    /// A response with these fields and this body.
    public init(
        _ status: HTTPStatus, headers: [(String, String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response of plain text, with a line feed at its end.
    public static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text + "\n").utf8))
    }

    /// 404 with a sentence.
    public static var notFound: HTTPResponse { .text(.notFound, "There is nothing here.") }
}

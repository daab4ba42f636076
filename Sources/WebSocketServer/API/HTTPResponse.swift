// A complete HTTP response, as the handler makes it.
import LinuxReactor
import WebSocketCore

/// A complete HTTP response; see ``ServerContext/respond(to:with:)``.
public struct HTTPResponse: Sendable {
    /// The status code and its phrase (RFC 9110 §15).
    public var status: HTTPStatus
    /// Header fields, as name and value; the server itself adds Date, Connection and
    /// Content-Length. A name must be a token, or the process ends; in a value, control characters
    /// become spaces.
    ///
    /// It also adds `X-Content-Type-Options: nosniff` and
    /// `Cross-Origin-Resource-Policy: same-origin`, unless they are named here: what pages of other
    /// origins may embed, such as a script, has the latter with the value `cross-origin`.
    public var headers: [(String, String)]
    /// The body; it is not sent in answer to HEAD, nor with a status that forbids a body.
    public var body: [UInt8]

    /// A response with these fields and this body.
    public init(
        _ status: HTTPStatus, headers: [(String, String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A plain-text response; a line feed is added at the end of `text`.
    public static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text + "\n").utf8))
    }

    /// A web page, in UTF-8.
    ///
    /// A program carries its page inside when its target in Package.swift has
    /// `resources: [.embedInCode("page.html")]`: the bytes are `PackageResources.page_html` then.
    public static func html(_ status: HTTPStatus, _ page: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, headers: [("Content-Type", "text/html; charset=utf-8")], body: page)
    }

    /// Status 404, with a sentence as its body.
    public static var notFound: HTTPResponse { .text(.notFound, "There is nothing here.") }
}

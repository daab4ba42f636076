// How a handler accepts an opening handshake, and what it may put into the answer.
import WebSocketCore

/// How an opening handshake is accepted.
///
/// What the handshake itself is made of is the server's to write. A reply that names such a field,
/// or a subprotocol that the client did not offer, is not sent: the client gets HTTP 500, and the log
/// says what is wrong.
public struct UpgradeReply: Sendable {
    /// One of those that the client offered (RFC 6455 §4.2.2), exactly as it did; nil for the first
    /// of ``ServerConfiguration/subprotocols`` that it offered, if it did. A browser ends a
    /// connection whose answer has another, or none where it offered some.
    public var subprotocol: String?
    /// More header fields for the 101 response, as name and value: cookies, say. A name is a token,
    /// and none of those that the server writes itself: `Connection`, `Upgrade`,
    /// `Content-Length`, `Transfer-Encoding` and whatever begins with `Sec-WebSocket-`. In a value
    /// control characters become spaces, so that it can't begin a field of its own.
    public var headers: [(String, String)]

    /// An acceptance; without arguments it adds nothing to the response.
    public init(subprotocol: String? = nil, headers: [(String, String)] = []) {
        self.subprotocol = subprotocol
        self.headers = headers
    }

    /// Why the reply can't be sent, in words for the log; nil if it can.
    func flaw(inAnswerTo head: RequestHead) -> String? {
        if let subprotocol, !head.subprotocols.contains(subprotocol) {
            return "the client did not offer the subprotocol \"\(subprotocol)\""
        }
        for (name, _) in headers where !Handshake.mayAddField(name) {
            return "\"\(name)\" is a field that the server writes itself, or no name of a field"
        }
        return nil
    }
}

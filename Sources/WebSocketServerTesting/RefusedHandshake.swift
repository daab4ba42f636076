// Why a client did not get its WebSocket.
import WebSocketCore

/// The error of ``SimulatedServer/connect(_:headers:subprotocols:from:on:)``: the client has no
/// WebSocket.
///
/// ```swift
/// let refused = #expect(throws: RefusedHandshake.self) { try server.connect("/secret") }
/// #expect(refused?.status == .unauthorized)
/// ```
public struct RefusedHandshake: Error, Sendable, CustomStringConvertible {
    /// The status of the answer; nil if there was none.
    public let status: HTTPStatus?
    /// The header fields of the answer in their order.
    public let headers: [(name: String, value: String)]
    /// The body of the answer as text: the sentence that the client gets.
    public let reason: String
    /// What happened, and what to do about it.
    public let description: String

    init(_ description: String) {
        (status, headers, reason) = (nil, [], "")
        self.description = description
    }

    init(_ target: String, _ response: SimulatedResponse) {
        status = response.status
        headers = response.headers
        reason = response.text
        let number = response.status.map { "\($0)" } ?? "nothing"
        description = "The server has answered the handshake of \(target) with \(number): \(reason)"
    }

    /// The first header field with this name, in any case of its characters.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

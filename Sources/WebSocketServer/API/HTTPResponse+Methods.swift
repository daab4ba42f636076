// Answers that a server gives whatever its routes are: about methods, and at a WebSocket's path.
import WebSocketCore

extension HTTPResponse {
    /// The answer to a method that a path does not have: 405, or 501 if this server knows no such
    /// method (RFC 9110 §9.1). The answer to `OPTIONS`, which every path has, is 204. All of them
    /// list the methods in `Allow`.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - methods: the methods that the path has: `"GET, HEAD"`. `OPTIONS` is added to them.
    public static func notAllowed(_ head: RequestHead, allow methods: String) -> HTTPResponse {
        let allowed = ("Allow", "\(methods), OPTIONS")
        if head.method == .options { return HTTPResponse(.noContent, headers: [allowed]) }
        var response = text(
            head.method == .other ? .notImplemented : .methodNotAllowed,
            "Only \(methods) can be used here.")
        response.headers.append(allowed)
        return response
    }

    /// The answer at a path where there is nothing but a WebSocket, to a request that does not ask
    /// for one: 426 with the usual cause, a proxy that passes no `Upgrade` on. For other methods
    /// than GET and HEAD it is ``notAllowed(_:allow:)``. What
    /// the server answers for a handler that is no ``HTTPHandler``.
    public static func webSocketOnly(_ head: RequestHead) -> HTTPResponse {
        guard head.method == .get || head.method == .head else {
            return notAllowed(head, allow: "GET")
        }
        let rejection = Handshake.upgradeRequired(head)
        var response = text(rejection.status, rejection.reason)
        response.headers += rejection.headers
        return response
    }
}

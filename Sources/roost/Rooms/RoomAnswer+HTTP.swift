// The chat's answers in the terms of HTTP.
import ChatRooms
import WebSocketServer

extension HTTPResponse {
    /// One JSON object, with a line feed at its end. Nobody on the way may keep it.
    static func json(
        _ status: HTTPStatus, _ object: [UInt8], headers: [(String, String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
                + headers,
            body: object + [0x0A])
    }

    /// What the chat says to a request: 201 if a message came into being by it.
    init(_ answer: RoomAnswer) {
        let status = answer.error?.status ?? (answer.isNew ? .created : .ok)
        let headers: [(String, String)] =
            switch status {
            case .unauthorized: [("WWW-Authenticate", "Bearer")]
            case .serviceUnavailable: [("Retry-After", "1")]
            default: []
            }
        self = .json(status, answer.json, headers: headers)
    }

    /// 405 with the methods that there are.
    static func notAllowed(_ methods: String) -> HTTPResponse {
        HTTPResponse(
            .methodNotAllowed,
            headers: [("Allow", methods), ("Content-Type", "text/plain; charset=utf-8")],
            body: Array("This can be asked with \(methods) only.\n".utf8))
    }
}

extension ErrorCode {
    /// The status that goes with it (RFC 9110 §15).
    var status: HTTPStatus {
        switch self {
        case .badJSON, .badRequest, .unknownType, .badName, .tooLong: .badRequest
        case .notLoggedIn, .badToken: .unauthorized
        case .forbidden, .notInRoom: .forbidden
        case .notFound: .notFound
        case .alreadyLoggedIn, .nameTaken: .conflict
        case .rateLimited: .tooManyRequests
        case .tooManyRooms, .unavailable: .serviceUnavailable
        }
    }
}

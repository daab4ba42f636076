// Turns the chat's answers into HTTP responses.
import ChatRooms
import WebSocketServer

extension HTTPResponse {
    /// One JSON object and a line feed. Caches must not store it.
    static func json(
        _ status: HTTPStatus, _ object: [UInt8], headers: [(String, String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
                + headers,
            body: object + [0x0A])
    }

    /// The chat's answer to a request: 201 if the request stored a new message.
    init(_ answer: RoomAnswer) {
        let status = answer.error?.status ?? (answer.isNew ? .created : .ok)
        let headers: [(String, String)] =
            switch status {
            case .unauthorized: [("WWW-Authenticate", "Bearer")]
            case .serviceUnavailable: [("Retry-After", "1")]
            case .tooManyRequests: answer.retryAfter.map { [("Retry-After", "\($0)")] } ?? []
            default: []
            }
        self = .json(status, answer.json, headers: headers)
    }

    /// The answer to a request that the chat does not see.
    init(_ refusal: RoomRefusal) {
        self.init(refusal.answer)
        if let seconds = refusal.retryAfter { self.headers.append(("Retry-After", "\(seconds)")) }
    }
}

extension ErrorCode {
    /// The HTTP status for this code (RFC 9110 §15).
    var status: HTTPStatus {
        switch self {
        case .badJSON, .badRequest, .unknownType, .badName, .tooLong: .badRequest
        case .notLoggedIn, .badToken, .badPassword: .unauthorized
        case .forbidden, .notInRoom: .forbidden
        case .notFound: .notFound
        case .alreadyLoggedIn, .nameTaken: .conflict
        case .rateLimited: .tooManyRequests
        case .tooManyRooms, .unavailable: .serviceUnavailable
        }
    }
}

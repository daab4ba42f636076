// Why a command was refused: a code for programs, a sentence for people.

/// The codes of the protocol that this server gives: `code` of an `error`.
public enum ErrorCode: Int, CaseIterable, Sendable {
    /// `bad_json`, `bad_request` and `unknown_type`: it is not JSON, no such command, or a field of
    /// it is missing or wrong.
    case badJSON, badRequest, unknownType
    /// `not_logged_in`, `already_logged_in`, `name_taken`, `bad_name` and `bad_token`: of logging
    /// in, and of proving who one is.
    case notLoggedIn, alreadyLoggedIn, nameTaken, badName, badToken
    /// `not_in_room`, `too_many_rooms` and `not_found`: of rooms.
    case notInRoom, tooManyRooms, notFound
    /// `too_long` and `rate_limited`: too much, or too fast.
    case tooLong, rateLimited
    /// `forbidden`: not for this user.
    case forbidden
    /// `unavailable`: not now.
    case unavailable

    /// As it is written on the wire.
    public var name: StaticString {
        switch self {
        case .badJSON: "bad_json"
        case .badRequest: "bad_request"
        case .unknownType: "unknown_type"
        case .notLoggedIn: "not_logged_in"
        case .alreadyLoggedIn: "already_logged_in"
        case .nameTaken: "name_taken"
        case .badName: "bad_name"
        case .badToken: "bad_token"
        case .notInRoom: "not_in_room"
        case .tooManyRooms: "too_many_rooms"
        case .notFound: "not_found"
        case .tooLong: "too_long"
        case .rateLimited: "rate_limited"
        case .forbidden: "forbidden"
        case .unavailable: "unavailable"
        }
    }
}

/// What a command's reply says when it is not done.
struct Refusal: Error {
    var code: ErrorCode
    /// Says what to do about it. With a `field`, the sentence goes on after the field's name.
    var text: StaticString
    var field: Field?
    /// With `rateLimited`: when the next command will be taken.
    var retryAfterMilliseconds: Int = 0

    init(_ code: ErrorCode, _ text: StaticString) {
        self.code = code
        self.text = text
    }

    init(_ field: Field, _ text: StaticString) {
        self.code = .badRequest
        self.text = text
        self.field = field
    }

    /// Appends `"code":"…","text":"…"`.
    func write(to out: inout ByteBuffer) {
        out.put("\"code\":\"")
        out.put(code.name)
        out.put("\",\"text\":")
        var sentence = ByteBuffer()
        if let field {
            sentence.put("\"")
            sentence.put(field.name)
            sentence.put("\" ")
        }
        sentence.put(text)
        out.put(quoted: sentence.span, 0..<sentence.count)
        if code == .rateLimited {
            out.put(",\"retry_after_ms\":")
            out.put(number: retryAfterMilliseconds)
        }
    }
}

// Why a command was refused: a code for programs, a sentence for people.

/// The codes of the protocol that this server gives.
enum ErrorCode {
    case badJSON, badRequest, unknownType, notLoggedIn, alreadyLoggedIn, nameTaken, badName
    case badToken, notInRoom, tooManyRooms, tooLong, rateLimited, forbidden, unavailable

    var name: StaticString {
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

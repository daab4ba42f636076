// Why a command was refused: a code for programs, a sentence for people.
import Storage

/// The protocol's error codes that this server uses: the `code` of an `error`.
public enum ErrorCode: Int, CaseIterable, Sendable {
    /// `bad_json`, `bad_request` and `unknown_type`: not JSON, a field missing or wrong, or no such
    /// command.
    case badJSON, badRequest, unknownType
    /// `not_logged_in`, `already_logged_in`, `name_taken`, `bad_name`, `bad_token` and
    /// `bad_password`: about logging in and proving one's identity.
    case notLoggedIn, alreadyLoggedIn, nameTaken, badName, badToken, badPassword
    /// `not_in_room`, `too_many_rooms` and `not_found`: about rooms.
    case notInRoom, tooManyRooms, notFound
    /// `too_long` and `rate_limited`: too much, or too fast.
    case tooLong, rateLimited
    /// `forbidden`: not for this user.
    case forbidden
    /// `unavailable`: not now.
    case unavailable

    /// The code as it is sent.
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
        case .badPassword: "bad_password"
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

/// Why a command was refused: the content of its `error` reply.
struct CommandError: Error {
    var code: ErrorCode
    /// Says what to do about it. With a `field`, the text continues the sentence that begins with
    /// the field's name.
    var text: StaticString
    var field: Field?
    /// Continues the text with what only this refusal says.
    var detail = ""
    /// With `rateLimited` and `unavailable`: after how many milliseconds the same command may be
    /// accepted; 0 if that is not known.
    var retryAfterMilliseconds: Int = 0

    init(_ code: ErrorCode, _ text: StaticString, retryAfterMilliseconds: Int = 0) {
        self.code = code
        self.text = text
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// A refusal whose text goes on with what only this one says.
    init(_ code: ErrorCode, _ text: StaticString, detail: String) {
        self.init(code, text)
        self.detail = detail
    }

    init(_ field: Field, _ text: StaticString) {
        self.code = .badRequest
        self.text = text
        self.field = field
    }

    /// What the client gets as `text`.
    var sentence: String { (field.map { "\"\($0.name)\" " } ?? "") + "\(text)" + detail }

    /// Appends `"code":"…","text":"…"`.
    func write(to out: inout ByteBuffer) {
        out.append("\"code\":\"")
        out.append(code.name)
        out.append("\",\"text\":\"")
        if let field {
            out.append("\\\"")
            out.append(field.name)
            out.append("\\\" ")
        }
        out.append(escaped: text)
        let detail = detail.utf8Span.span
        out.append(escaped: detail, 0..<detail.count)
        out.append("\"")
        if code == .rateLimited || retryAfterMilliseconds > 0 {
            out.append(",\"retry_after_ms\":")
            out.append(decimal: retryAfterMilliseconds)
        }
    }
}

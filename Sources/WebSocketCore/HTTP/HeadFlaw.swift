// What can be wrong with the head of a request or a response, with the error texts.

/// A reason for refusing a head. Its text is made only when needed.
enum HeadFlaw: UInt8, CaseIterable, BitwiseCopyable {
    // The request line.
    case notHTTP, isTLS, badTarget, badTargetForm, badAuthority, badPercentEncoding, targetTooLong
    case connect
    case versionMissing, badVersion, unsupportedVersion
    // The status line.
    case notAResponse, badStatus, badReasonPhrase
    // The fields, and the lines in general.
    case bareLineFeed, bareCarriageReturn, foldedLine, spaceBeforeColon
    case badFieldName, badFieldValue, tooManyFields, headTooLong

    /// The answer to a request with this flaw.
    var rejection: HandshakeRejection {
        HandshakeRejection(status, reason: reason)
    }

    var status: HTTPStatus {
        switch self {
        case .targetTooLong: .uriTooLong
        case .connect: .notImplemented
        case .unsupportedVersion: .httpVersionNotSupported
        case .tooManyFields, .headTooLong: .requestHeaderFieldsTooLarge
        default: .badRequest
        }
    }

    /// A sentence for the sender that says what to change.
    var reason: String {
        switch self {
        case .notHTTP:
            "This is not an HTTP request: it must begin with a method, a space and a target."
        case .isTLS:
            "This looks like TLS, but the port speaks plain HTTP: use http:// or ws://."
        case .badTarget:
            "The request target has a character that must be percent-encoded."
        case .badTargetForm:
            "The request target must be a path that begins with a slash, or an absolute URI."
        case .badAuthority:
            """
            The request target must name a host and perhaps a port up to 65535, an IPv6 address in \
            brackets, and no user.
            """
        case .badPercentEncoding:
            "A percent sign in the path must be followed by two hexadecimal digits, or be %25."
        case .connect:
            "This server is not a proxy: it does not implement CONNECT."
        case .targetTooLong:
            "The request target is longer than this server accepts: shorten it."
        case .versionMissing:
            "The request line must end with the version, HTTP/1.1."
        case .badVersion:
            "The version is malformed: it must be HTTP/1.1."
        case .unsupportedVersion:
            "This server speaks HTTP/1.1: use that version."
        case .notAResponse:
            "This is not an HTTP/1.1 response: it must begin with the version and a status."
        case .badStatus:
            "The status must be a number of three digits, from 100 to 599, and a space."
        case .badReasonPhrase:
            "The status line has a control character."
        case .bareLineFeed:
            "A line ends with a bare LF: it must end with CRLF."
        case .bareCarriageReturn:
            "A CR is not followed by LF: lines must end with CRLF."
        case .foldedLine:
            "A header field is folded over several lines: put it on one."
        case .spaceBeforeColon:
            "There is a space between a field name and its colon: remove it."
        case .badFieldName:
            "A field name has a character that is not allowed there, or is empty."
        case .badFieldValue:
            "A field value has a control character: remove it."
        case .tooManyFields:
            "There are more header fields than this server accepts: send fewer."
        case .headTooLong:
            "The head is too long: send fewer or shorter fields, such as cookies."
        }
    }
}

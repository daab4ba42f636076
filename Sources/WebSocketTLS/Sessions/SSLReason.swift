// UNSAFE: reads libssl's texts for error codes, which are constants.

import CSSL

enum SSLReason {
    /// The error code for a name that no certificate can have.
    static let badServerName =
        UInt(ERR_LIB_SSL) << UInt(ERR_LIB_OFFSET) | UInt(SSL_R_SSL3_EXT_INVALID_SERVERNAME)

    /// The error code for a message that is too long.
    static let messageTooLong =
        UInt(ERR_LIB_SSL) << UInt(ERR_LIB_OFFSET) | UInt(SSL_R_EXCESSIVE_MESSAGE_SIZE)

    /// The reason of an error code, in libssl's words.
    static func text(of code: UInt) -> String {
        guard let text = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// The name of an alert (RFC 8446 §6), with its number.
    static func text(ofAlert number: UInt8) -> String {
        // libssl 3.0 has no words for the alerts of TLS 1.3.
        switch Int32(number) {
        case TLS13_AD_MISSING_EXTENSION: return "missing extension (alert \(number))"
        case TLS13_AD_CERTIFICATE_REQUIRED: return "certificate required (alert \(number))"
        case TLS1_AD_NO_APPLICATION_PROTOCOL:
            return "no application protocol (alert \(number))"
        default: break
        }
        guard let text = unsafe SSL_alert_desc_string_long(Int32(number)) else {
            return "alert \(number)"
        }
        return "\(unsafe String(cString: text)) (alert \(number))"
    }
}

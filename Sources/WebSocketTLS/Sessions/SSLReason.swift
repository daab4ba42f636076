// UNSAFE: reads libssl's texts for error codes, which are constants.

import CSSL

enum SSLReason {
    /// The error code for a name that no certificate can have.
    static let badServerName =
        UInt(ERR_LIB_SSL) << UInt(ERR_LIB_OFFSET) | UInt(SSL_R_SSL3_EXT_INVALID_SERVERNAME)

    /// The reason of an error code, in libssl's words.
    static func text(of code: UInt) -> String {
        guard let text = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// The name of an alert (RFC 8446 §6), with its number.
    static func text(ofAlert number: UInt8) -> String {
        guard let text = unsafe SSL_alert_desc_string_long(Int32(number)) else {
            return "alert \(number)"
        }
        return "\(unsafe String(cString: text)) (alert \(number))"
    }
}

// Why records end a connection: what the peer did, what it said, and the alert that answers it.

/// The number of an alert on the wire (RFC 8446 §6).
package enum Alert: UInt8, Sendable {
    case closeNotify = 0
    case unexpectedMessage = 10
    case badRecordMAC = 20
    case recordOverflow = 22
    case illegalParameter = 47
    case decodeError = 50
    case internalError = 80
    case userCanceled = 90
}

/// A record that cannot be accepted, or cannot be written.
package enum RecordFault: UInt8, Error, BitwiseCopyable, Sendable, CaseIterable {
    /// A record that is not encrypted, has a content that TLS 1.3 does not know, or is an alert
    /// without content (§5.4).
    case unexpectedType = 1
    /// A record or its content is longer than RFC 8446 §5.1 and §5.2 allow.
    case tooLong
    /// The record is damaged, or was sealed with another key.
    case badTag
    /// The record has only padding and no type (§5.4).
    case noType
    /// Too many records in a row without application data, or too many KeyUpdates with little.
    case tooManyEmpty
    /// A handshake message that may not come now, or not from this peer.
    case unexpectedHandshake
    /// A handshake message or an alert of the wrong length.
    case malformed
    /// A KeyUpdate with a value other than 0 and 1 (§4.6.3).
    case badKeyUpdate
    /// 2^64 − 1 records have been sent or received with one key (§5.3).
    case recordNumbersExhausted
    /// We have sent our close_notify, or the connection has failed: nothing can be written.
    case sendingEnded

    /// The alert that tells the peer.
    package var alert: Alert {
        switch self {
        case .unexpectedType, .noType, .tooManyEmpty, .unexpectedHandshake: .unexpectedMessage
        case .tooLong: .recordOverflow
        case .badTag: .badRecordMAC
        case .malformed: .decodeError
        case .badKeyUpdate: .illegalParameter
        case .recordNumbersExhausted, .sendingEnded: .internalError
        }
    }
}

/// Why nothing more is read.
package enum RecordEnd: Equatable, BitwiseCopyable, Sendable {
    /// The peer has sent its close_notify.
    case closed
    /// The peer has sent a fatal alert with this number.
    case alert(UInt8)
    /// The peer's bytes are refused. The alert has been written, if it could be.
    case fault(RecordFault)
}

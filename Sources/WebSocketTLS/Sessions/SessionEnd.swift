// How a session goes on after the handshake, and how it ends.

/// Why a connection stays with libssl after the handshake.
package enum KeptReason: UInt8, Error, Sendable, CaseIterable {
    /// It is not TLS 1.3.
    case version
    /// It is another cipher suite than our three.
    case suite
    /// The traffic secrets did not come, or not in the suite's length.
    case secrets
    /// libssl has read more of the peer's bytes than the handshake.
    case pendingInput
    /// It is not certain how many records the server has written with its key.
    case recordCount
    /// The settings ask for libssl.
    case asked
}

/// Why a session is over.
package enum SessionEnd: Equatable, Sendable, CustomStringConvertible {
    /// The record layer ended.
    case records(RecordEnd)
    /// The handshake failed. An alert has been written, if one is due.
    case handshakeFailed(HandshakeFailure)
    /// libssl, which kept the connection, failed with this error code.
    case kept(UInt)

    /// What happened, as a sentence.
    package var description: String {
        switch self {
        case .records(.closed): "The peer has closed."
        case .records(.alert(let number)):
            "The peer has ended the connection: \(SSLReason.text(ofAlert: number))."
        case .records(.fault(let fault)):
            "The peer's records are refused: \(SSLReason.text(ofAlert: fault.alert.rawValue))."
        case .handshakeFailed(let failure): failure.description
        case .kept(let code): "TLS has failed: \(SSLReason.text(of: code))."
        }
    }
}

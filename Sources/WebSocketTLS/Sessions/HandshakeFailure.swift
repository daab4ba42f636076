// Why a handshake failed, as a kind for counting and a sentence for people.

import CSSL

/// Why a handshake failed.
package struct HandshakeFailure: Equatable, Sendable, CustomStringConvertible {
    /// What can be counted.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// The peer's bytes are something else than TLS, such as plain HTTP.
        case notTLS
        /// No common version.
        case version
        /// No common cipher suite, group or kind of signature.
        case parameters
        /// The client offers only other protocols than HTTP/1.1 (ALPN).
        case applicationProtocol
        /// We refuse the peer's certificate.
        case peerCertificate
        /// The client has shown no certificate, and must.
        case noClientCertificate
        /// The peer refuses ours, by an alert.
        case certificateRefused
        /// The peer ended the handshake by another alert, or closed.
        case endedByPeer
        /// A client was to connect to a name that no certificate can have.
        case serverName
        /// Everything else that violates the protocol.
        case violation
    }

    package let kind: Kind
    /// libssl's error code; 0 if the peer closed.
    package let code: UInt
    /// What happened and what to do.
    package let description: String

    /// Words for libssl's code. `serverName` is what a client asked for, and `refusal` what
    /// libcrypto found wrong with the peer's certificate.
    init(
        code: UInt, role: RecordLayer.Role, serverName: String?, refusal: CertificateRefusal?
    ) {
        self.code = code
        if let refusal {
            kind = .peerCertificate
            description = refusal.sentence(of: role, serverName: serverName)
            return
        }
        let reason = code == 0 ? 0 : ERR_GET_REASON(code)
        if reason > SSL_AD_REASON_OFFSET {
            let alert = UInt8(clamping: reason - SSL_AD_REASON_OFFSET)
            (kind, description) = Self.words(alert: alert, role)
        } else {
            (kind, description) = Self.words(reason: reason, code, role)
        }
    }

    private static func words(reason: Int32, _ code: UInt, _ role: RecordLayer.Role) -> (
        Kind, String
    ) {
        switch reason {
        case 0: return (.endedByPeer, "The peer has closed before the handshake was over.")
        case SSL_R_HTTP_REQUEST:
            return (.notTLS, "The client speaks plain HTTP to a port for https and wss.")
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_UNKNOWN_PROTOCOL, SSL_R_HTTPS_PROXY_REQUEST,
            SSL_R_BAD_RECORD_TYPE, SSL_R_RECORD_LENGTH_MISMATCH:
            return role == .client
                ? (.notTLS, "The server does not speak TLS on this port: try ws:// or another.")
                : (.notTLS, "The client's first bytes are no TLS.")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
            SSL_R_NO_PROTOCOLS_AVAILABLE:
            return (.version, "The peer speaks no version of TLS that is allowed here.")
        case SSL_R_INAPPROPRIATE_FALLBACK:
            return (
                .version,
                "The peer uses an older version of TLS than both ends speak: something on the way "
                    + "may have changed its offer (inappropriate fallback)."
            )
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_SPECIFIED, SSL_R_NO_SHARED_GROUPS,
            SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_KEY_SHARE,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            return (
                .parameters,
                "The two ends have nothing in common to encrypt with: \(SSLReason.text(of: code))."
            )
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return (
                .applicationProtocol,
                "The client wants another protocol than HTTP/1.1 (ALPN), such as HTTP/2 alone."
            )
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return (
                .noClientCertificate, "The client has shown no certificate, and one is required."
            )
        default:
            let text = SSLReason.text(of: code)
            if code == SSLReason.badServerName {
                return (
                    .serverName, "No certificate can be for the name to connect to: \(text)."
                )
            }
            return (.violation, "The TLS handshake has failed: \(text).")
        }
    }

    private static func words(alert: UInt8, _ role: RecordLayer.Role) -> (Kind, String) {
        let text = SSLReason.text(ofAlert: alert)
        let (peer, own) = role == .client ? ("server", "client") : ("client", "server")
        switch Int32(alert) {
        case SSL3_AD_BAD_CERTIFICATE, SSL3_AD_UNSUPPORTED_CERTIFICATE,
            SSL3_AD_CERTIFICATE_REVOKED, SSL3_AD_CERTIFICATE_EXPIRED,
            SSL3_AD_CERTIFICATE_UNKNOWN, TLS1_AD_UNKNOWN_CA, TLS1_AD_ACCESS_DENIED:
            return (
                .certificateRefused, "The \(peer) refuses the \(own)'s certificate: \(text)."
            )
        case TLS13_AD_CERTIFICATE_REQUIRED:
            return (.certificateRefused, "The server requires a certificate of the client.")
        case TLS1_AD_PROTOCOL_VERSION:
            return (.version, "The \(peer) speaks no version of TLS that is allowed here.")
        default: return (.endedByPeer, "The \(peer) has ended the handshake: \(text).")
        }
    }
}

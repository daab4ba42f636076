// What a certificate says of itself, for people and metrics.
import WebSocketTLS

/// What a server's certificate says: ``TLS/certificates``.
public struct CertificateSummary: Sendable, Hashable {
    /// The name that it was given with: ``TLS/Certificate/origin``.
    public let origin: String
    /// The host names and addresses that it is for, in lower case; a name may begin with `*.`.
    public let names: [String]
    /// From when on it is valid, in seconds since 1970.
    public let notBefore: Int
    /// Until when it is valid, in seconds since 1970.
    public let notAfter: Int
    /// The name of the authority that signed it: its common name, or its organization.
    public let issuer: String
    /// SHA-256 of the certificate, in pairs of hexadecimal digits with colons, as browsers and
    /// `openssl x509 -fingerprint -sha256` show it.
    public let fingerprint: String

    init(_ facts: CertificateFacts) {
        origin = facts.origin
        names = facts.names
        notBefore = facts.notBefore
        notAfter = facts.notAfter
        issuer = facts.issuer
        fingerprint = facts.fingerprint
    }

    /// Why clients will refuse it at this time, in seconds since 1970, as a sentence; nil if
    /// nothing is wrong with its dates and names. A server uses such a certificate nevertheless.
    public func flaw(at time: Int) -> String? {
        let certificate = origin.isEmpty ? "The certificate" : origin
        if names.isEmpty {
            return "\(certificate) names no host (subjectAltName), so clients refuse it."
        }
        if time > notAfter {
            let days = (time - notAfter) / 86_400
            return "\(certificate) expired \(days == 0 ? "today" : "\(days) d ago"): renew it."
        }
        if time < notBefore {
            return "\(certificate) is not valid yet: check the clock, or wait "
                + "\((notBefore - time + 3599) / 3600) h."
        }
        return nil
    }
}

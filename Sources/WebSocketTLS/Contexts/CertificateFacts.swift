// What a certificate says, for people and metrics.

/// What a server's certificate says of itself.
package struct CertificateFacts: Sendable, Hashable {
    /// The caller's name for the certificate.
    package let origin: String
    /// The host names and addresses that it is for, in lower case.
    package let names: [String]
    /// From when on it is valid, and until when, in seconds since 1970.
    package let notBefore: Int
    package let notAfter: Int
    /// The common name of the authority that has signed it, or its organization.
    package let issuer: String
    /// SHA-256, in pairs of hexadecimal digits with colons.
    package let fingerprint: String

    init(_ certificate: X509Certificate, origin: String) {
        self.origin = origin
        names = certificate.serverNames
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        issuer = certificate.issuer
        fingerprint = certificate.fingerprint
    }
}

extension X509Certificate {
    /// The host names and addresses of a server's certificate, in lower case. The common name does
    /// not count: clients have not looked at it for years (RFC 6125 §6.4.4).
    var serverNames: [String] {
        alternativeNames.compactMap { name in
            switch name {
            case .host(let name), .address(let name): name.lowercased()
            case .uri, .email: nil
            }
        }
    }

    /// SHA-256 as people compare it.
    var fingerprint: String {
        let digits = Array("0123456789ABCDEF")
        return digest.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
            .joined(separator: ":")
    }

    /// Whose certificate it is: the subject's common name; without one its first URI, host name or
    /// email address, in this order; without any its fingerprint.
    var identity: String {
        if let commonName { return commonName }
        let names = alternativeNames
        for kind in 0..<3 {
            for name in names {
                switch (kind, name) {
                case (0, .uri(let text)), (1, .host(let text)), (2, .email(let text)): return text
                default: break
                }
            }
        }
        return "sha256:" + fingerprint
    }
}

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

    /// How long an identity may be, in bytes: a session keeps it.
    static let identityByteLimit = 255

    /// Whose certificate it is: the subject's common name; without one its first URI, host name or
    /// email address, in this order; without any its fingerprint. Longer names do not count.
    var identity: String {
        var best: (rank: Int, text: String) = (4, "sha256:" + fingerprint)
        func consider(_ rank: Int, _ text: String) {
            guard rank < best.rank, text.utf8.count <= Self.identityByteLimit else { return }
            best = (rank, text)
        }
        for name in alternativeNames {
            switch name {
            case .uri(let text): consider(1, text)
            case .host(let text): consider(2, text)
            case .email(let text): consider(3, text)
            case .address: break
            }
        }
        if let commonName { consider(0, commonName) }
        return best.text
    }
}

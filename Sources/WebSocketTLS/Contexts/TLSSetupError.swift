// What is wrong with the files that TLS is set up with, as sentences.

/// What is wrong with a certificate, a key, the authorities or the ticket keys. The origin is the
/// caller's name for the certificate: mostly a file.
package enum TLSSetupError: Error, Hashable, Sendable {
    /// A server without any certificate.
    case nothingGiven
    /// The PEM of the chain has no certificate, and is empty or something else.
    case noCertificate(origin: String)
    /// A certificate, or a key, is in the binary form DER.
    case isDER(origin: String)
    /// A certificate of the chain cannot be read.
    case damagedCertificate(origin: String, number: Int)
    /// There is no private key in the PEM.
    case noPrivateKey(origin: String)
    /// The private key has a passphrase.
    case encryptedPrivateKey(origin: String)
    /// The private key cannot be read.
    case damagedPrivateKey(origin: String)
    /// The private key is not that of the chain's first certificate.
    case keyDoesNotMatch(origin: String)
    /// A key of the chain is too short to be safe.
    case weakKey(origin: String)
    /// A certificate of the chain is signed with a hash that is not safe, such as SHA-1.
    case weakSignature(origin: String)
    /// libssl refuses the certificate or the key, for this reason.
    case refused(origin: String, reason: String)
    /// Two certificates are for this name.
    case sameName(String, origin: String, other: String)
    /// The PEM of the authorities has no certificate.
    case noAuthorities
    /// A certificate of the authorities cannot be read.
    case damagedAuthority(number: Int)
    /// The system has no authorities that could be read.
    case noSystemAuthorities
    /// The ticket keys do not have a multiple of 80 bytes.
    case ticketKeyByteCount(Int)
    /// A certificate was to be made for no names.
    case noNames
    /// A certificate was to be made for this, which is neither a host name nor an address.
    case badName(String)
}

extension TLSSetupError: CustomStringConvertible {
    /// What happened and what to do, for the person who gave the files.
    package var description: String {
        switch self {
        case .nothingGiven: "TLS needs a certificate: give at least one with its key."
        case .noCertificate(let origin):
            "\(Self.the(origin)) has no certificate: it must be PEM, and begin with "
                + "\"-----BEGIN CERTIFICATE-----\"."
        case .isDER(let origin):
            "\(Self.the(origin)) is in the binary form DER, and must be PEM: convert it with "
                + "`openssl x509 -inform DER`, or a key with `openssl pkey -inform DER`."
        case .damagedCertificate(let origin, let number):
            "Certificate \(number) of \(Self.the(origin, isStart: false)) can't be read: it is "
                + "damaged or cut off. Copy the file anew."
        case .noPrivateKey(let origin):
            "There is no private key for \(Self.the(origin, isStart: false)): it must be PEM, and "
                + "begin with \"-----BEGIN PRIVATE KEY-----\"."
        case .encryptedPrivateKey(let origin):
            "The private key of \(Self.the(origin, isStart: false)) has a passphrase, which a "
                + "server can't enter: remove it with `openssl pkey -in KEY -out NEW`."
        case .damagedPrivateKey(let origin):
            "The private key of \(Self.the(origin, isStart: false)) can't be read: it is damaged "
                + "or cut off. Copy the file anew."
        case .keyDoesNotMatch(let origin):
            "The private key does not belong to \(Self.the(origin, isStart: false)): give the key "
                + "that it was requested with. In a chain the server's own certificate is first."
        case .weakKey(let origin):
            "\(Self.the(origin)) has a key that is too short to be safe: request one with a new "
                + "key, of ECDSA P-256 or RSA 2048."
        case .weakSignature(let origin):
            "\(Self.the(origin)) is signed with a hash that is not safe any more: request a new "
                + "one."
        case .refused(let origin, let reason):
            "\(Self.the(origin)) can't be used: \(reason)."
        case .sameName(let name, let origin, let other):
            "\(Self.the(origin)) and \(Self.the(other, isStart: false)) are both for \(name): "
                + "remove one of them."
        case .noAuthorities:
            "The authorities' file has no certificate: it must be PEM, and begin with "
                + "\"-----BEGIN CERTIFICATE-----\"."
        case .damagedAuthority(let number):
            "Certificate \(number) of the authorities can't be read: it is damaged or cut off. "
                + "Copy the file anew."
        case .noSystemAuthorities:
            "The system's authorities can't be read: install ca-certificates, or name a file."
        case .ticketKeyByteCount(let count):
            "The ticket keys have \(count) bytes, and must have 80 for each key: make some with "
                + "`openssl rand 80`."
        case .noNames: "A certificate needs a name: give a host name or an address."
        case .badName(let name): "\"\(name)\" is neither a host name nor an address."
        }
    }

    /// The certificate in a sentence.
    private static func the(_ origin: String, isStart: Bool = true) -> String {
        origin.isEmpty ? (isStart ? "The certificate" : "the certificate") : origin
    }
}

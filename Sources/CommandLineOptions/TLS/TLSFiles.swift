// Which files a server's TLS is made of: those of the flags, or systemd's credentials.
import SystemdSupport
import WebSocketServer

/// The files that flags and credentials name, found but not read.
package struct TLSFiles: Equatable, Sendable {
    /// One file.
    package struct File: Equatable, Sendable {
        package let path: String
        /// The name of the credential, for a file in `$CREDENTIALS_DIRECTORY`; else nil.
        package let credential: String?

        init(_ path: String, in credentials: String?) {
            self.path = path
            let folder = credentials.map { $0 + "/" }
            credential = folder.flatMap {
                path.hasPrefix($0) ? String(path.dropFirst($0.count)) : nil
            }
        }
    }

    /// A certificate with what leads from it to an authority, and its key.
    package struct Pair: Equatable, Sendable {
        package let chain: File
        package let key: File
    }

    /// The first is for clients that name no host.
    package private(set) var pairs: [Pair] = []
    package private(set) var clientAuthorities: File?
    package private(set) var ticketKeys: File?

    /// The credentials that systemd may give, by their names in the unit.
    package static let credentialNames = [
        "tls-certificate", "tls-key", "tls-client-ca", "tls-ticket-keys",
    ]

    /// Finds the files. Nil if the server has no certificate, and speaks no TLS. Throws if flags
    /// contradict each other, or a folder cannot be read or has half a pair.
    package init?(_ options: TLSOptions, credentials: String?) throws {
        func given(_ path: String?, _ name: String) -> File? {
            if let path { return File(path, in: credentials) }
            guard let folder = credentials, TextFile.exists("\(folder)/\(name)") else { return nil }
            return File("\(folder)/\(name)", in: folder)
        }
        let isNamed = options.tlsCertificate != nil || options.tlsKey != nil
        if isNamed || options.tlsCertificates == nil, !options.tlsSelfSigned {
            let chain = given(options.tlsCertificate, "tls-certificate")
            let key = given(options.tlsKey, "tls-key")
            if let chain, let key { pairs.append(Pair(chain: chain, key: key)) }
            if (chain == nil) != (key == nil) {
                throw ConfigurationError(sentences: [
                    chain == nil
                        ? "--tls-key needs the certificate of this key: --tls-certificate FILE."
                        : "--tls-certificate needs its private key: --tls-key FILE."
                ])
            }
        }
        if let folder = options.tlsCertificates {
            pairs += try CertificateFolder.pairs(folder).map {
                Pair(
                    chain: File($0.chain, in: credentials), key: File($0.key, in: credentials))
            }
        }
        if options.tlsSelfSigned, isNamed || options.tlsCertificates != nil {
            throw ConfigurationError(sentences: [
                "--tls-self-signed makes a certificate: remove it, or the flags of another."
            ])
        }
        guard !pairs.isEmpty || options.tlsSelfSigned else {
            guard options.tlsClientCa == nil, options.tlsTicketKeys == nil else {
                throw ConfigurationError(sentences: [
                    "TLS needs a certificate: --tls-certificate FILE and --tls-key FILE."
                ])
            }
            return nil
        }
        clientAuthorities = given(options.tlsClientCa, "tls-client-ca")
        ticketKeys = given(options.tlsTicketKeys, "tls-ticket-keys")
    }
}

// Reads the certificates and keys, at the start and again at each reload.
import LinuxReactor
import SystemdSupport
import WebSocketServer

extension TLSOptions {
    /// The folder of systemd's credentials; nil if this process has none.
    package static var credentials: String? { Environment.value("CREDENTIALS_DIRECTORY") }

    /// Reads the files and checks them. Nil if the flags and the credentials name no certificate.
    /// Throws with a sentence that names the file.
    ///
    /// - Parameters:
    ///   - hostNames: the names of the server, for a certificate of its own.
    ///   - supplied: credentials, by their names, that were read by somebody else: they replace the
    ///     files, which systemd makes at the start alone.
    ///   - again: nothing is read that may make a server wait.
    package func load(
        hostNames: [String], supplied: [String: [UInt8]] = [:], again: Bool = false,
        credentials: String? = TLSOptions.credentials
    ) throws -> TLS? {
        guard let files = try TLSFiles(self, credentials: credentials) else { return nil }
        func read(_ file: TLSFiles.File) throws -> [UInt8] {
            if let bytes = file.credential.flatMap({ supplied[$0] }) { return bytes }
            if again { try TextFile.requireRegular(file.path) }
            return try TextFile.bytes(file.path)
        }
        var options = TLS.Options()
        options.clientAuthorities = try files.clientAuthorities.map(read)
        options.requiresClientCertificate = tlsClientCertificate == .required
        options.ticketKeys = try files.ticketKeys.map(read) ?? []
        options.minimumVersion = tlsMinimumVersion == .v13 ? .v13 : .v12
        options.recordLayer = tlsRecordLayer == .openssl ? .openssl : .own
        if tlsSelfSigned {
            let names = hostNames + ["localhost", "127.0.0.1", "::1"]
            return try TLS([try TLS.selfSigned(names: names)], options: options)
        }
        return try TLS(
            files.pairs.map {
                TLS.Certificate(
                    chain: try read($0.chain), privateKey: try read($0.key), origin: $0.chain.path)
            }, options: options)
    }
}

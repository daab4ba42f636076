// Reads the certificates and keys, at the start and again at each reload.
import LinuxReactor
import Storage
import SystemdSupport
import WebSocketServer

extension TLSOptions {
    /// The folder of systemd's credentials; nil if this process has none.
    package static var credentials: String? { Environment.value("CREDENTIALS_DIRECTORY") }

    /// Reads the files and checks them. Nil if the flags and the credentials name no certificate.
    /// Throws with a sentence that names the file. Of the keys nothing is left in memory but what
    /// libcrypto has, and `supplied`.
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
        var ticketKeys = try files.ticketKeys.map(read) ?? []
        defer { ticketKeys.wipe() }
        var options = TLS.Options()
        options.clientAuthorities = try files.clientAuthorities.map(read)
        options.requiresClientCertificate = tlsClientCertificate == .required
        options.ticketKeys = ticketKeys
        options.minimumVersion = tlsMinimumVersion == .v13 ? .v13 : .v12
        options.recordLayer = tlsRecordLayer == .openssl ? .openssl : .own
        if tlsSelfSigned {
            let names = hostNames + ["localhost", "127.0.0.1", "::1"]
            return try TLS([try TLS.selfSigned(names: names)], options: options)
        }
        var keys: [[UInt8]] = []
        defer { for index in keys.indices { keys[index].wipe() } }
        for pair in files.pairs { keys.append(try read(pair.key)) }
        return try TLS(
            zip(files.pairs, keys).map { pair, key in
                TLS.Certificate(
                    chain: try read(pair.chain), privateKey: key, origin: pair.chain.path)
            }, options: options)
    }
}

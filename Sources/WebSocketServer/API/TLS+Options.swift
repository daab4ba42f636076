// What a server can be set to besides its certificates.
import WebSocketTLS

extension TLS {
    /// A version of TLS.
    public enum Version: Sendable, Hashable, CaseIterable {
        /// TLS 1.2 (RFC 5246).
        case v12
        /// TLS 1.3 (RFC 8446).
        case v13
    }

    /// What encrypts after the handshake, which is always OpenSSL's.
    public enum RecordLayerKind: Sendable, Hashable, CaseIterable {
        /// The server itself, for connections of TLS 1.3: an idle one then costs hundreds of bytes,
        /// and goes to the next process in a hand-over. OpenSSL encrypts the others.
        case own
        /// OpenSSL, always: an idle connection costs some 15 KB, and closes at a hand-over.
        case openssl
    }

    /// Everything besides certificates; the defaults suit a public server.
    public struct Options: Sendable {
        /// Certificates of the authorities that sign those of clients, in PEM: clients are asked
        /// for a certificate. If it has expired, or these authorities have not signed it, the
        /// handshake fails. Nil, the default, asks for none.
        public var clientAuthorities: [UInt8]?
        /// Whether a client without a certificate is refused, if there are ``clientAuthorities``.
        /// By default it is.
        public var requiresClientCertificate = true
        /// Keys that encrypt session tickets (RFC 5077), 80 random bytes each: the first encrypts,
        /// and all are accepted. nginx uses the same. With a file of them, clients resume their
        /// sessions with another process too, or after a restart; somebody with the file and a
        /// recording of TLS 1.2 connections that were resumed can read them, so exchange the keys
        /// every day.
        ///
        /// Empty, the default, for a random key of the process that is in no file: it is exchanged
        /// for another every 12 hours, goes along in a hand-over, and ends with the process. A
        /// ticket is good for two hours.
        public var ticketKeys: [UInt8] = []
        /// The oldest version to speak.
        public var minimumVersion = Version.v12
        /// What encrypts after the handshake.
        public var recordLayer = RecordLayerKind.own

        /// The defaults.
        public init() {}

        var settings: TLSServerSettings {
            var settings = TLSServerSettings()
            settings.clientAuthorities = clientAuthorities
            settings.requiresClientCertificate =
                clientAuthorities != nil && requiresClientCertificate
            settings.ticketKeys = ticketKeys
            settings.minimumVersion = minimumVersion.version
            settings.recordLayer = recordLayer.choice
            return settings
        }
    }
}

extension TLS.Version {
    init(_ version: TLSVersion) {
        switch version {
        case .v12: self = .v12
        case .v13: self = .v13
        }
    }

    var version: TLSVersion {
        switch self {
        case .v12: .v12
        case .v13: .v13
        }
    }
}

extension TLS.RecordLayerKind {
    var choice: RecordLayerChoice {
        switch self {
        case .own: .own
        case .openssl: .libssl
        }
    }
}

// The flags of TLS, and of what sends clients to it.
import ArgumentParser
import LinuxReactor
import WebSocketServer

/// Command-line flags for https and wss: the certificates, and plain http beside them.
public struct TLSOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            """
            The server's certificate with its chain up to an authority, in PEM (certbot's \
            fullchain.pem). Default: tls-certificate of $CREDENTIALS_DIRECTORY, which systemd sets.
            """, valueName: "file"))
    public var tlsCertificate: String?

    @Option(
        help: ArgumentHelp(
            """
            The private key of --tls-certificate, in PEM without a passphrase (certbot's \
            privkey.pem). Default: tls-key of $CREDENTIALS_DIRECTORY.
            """, valueName: "file"))
    public var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            """
            A folder with certificates for several names: NAME.crt with NAME.key, as lego makes \
            them, or NAME/fullchain.pem with NAME/privkey.pem, as in /etc/letsencrypt/live.
            """, valueName: "folder"))
    public var tlsCertificates: String?

    @Flag(
        help: """
            For trying: make a certificate that nobody has signed. Browsers warn of it, and it is \
            another after each start.
            """)
    public var tlsSelfSigned = false

    @Option(
        help: ArgumentHelp(
            """
            The authorities that sign the certificates of clients, in PEM: clients without such a \
            certificate are refused. Default: tls-client-ca of $CREDENTIALS_DIRECTORY.
            """, valueName: "file"))
    public var tlsClientCa: String?

    @Option(
        help: """
            Whether a client without a certificate is refused, with --tls-client-ca: 'required' or \
            'optional'.
            """)
    public var tlsClientCertificate = ClientCertificateRule.required

    @Option(
        help: ArgumentHelp(
            """
            Keys for session tickets, 80 random bytes each, so that clients resume their sessions \
            after a restart: the first encrypts, all are accepted. Default: tls-ticket-keys of \
            $CREDENTIALS_DIRECTORY, or random ones.
            """, valueName: "file"))
    public var tlsTicketKeys: String?

    @Option(help: "The oldest version of TLS to speak: '1.2' or '1.3'.")
    public var tlsMinimumVersion = OldestVersion.v12

    @Option(
        help: """
            What encrypts after the handshake: 'own', the server's record layer, or 'openssl', \
            whose connections cost 15 KB each.
            """)
    public var tlsRecordLayer = RecordLayer.own

    @Option(
        help: """
            A port, or HOST:PORT, for plain http: it sends clients to https, and serves the \
            challenges of a certificate authority.
            """)
    public var redirectHttp: ListenPlace?

    @Option(
        help: """
            The port to which --redirect-http sends clients. Default: the port of TLS, or 443 if \
            something in front of this server has it.
            """)
    public var httpsPort: UInt16?

    @Option(
        help: """
            How long browsers shall come to this name over https only (Strict-Transport-Security), \
            such as 365d. They do not forget it earlier: begin with 1d. Off by default.
            """)
    public var hsts: TimeSpan?

    /// The defaults of all flags.
    public init() {}

    /// Throws for values that no server can use, with a sentence that names the flag.
    public func validate() throws {
        if httpsPort == 0 { throw ValidationError("--https-port must be between 1 and 65535.") }
    }

    /// Whether clients need a certificate.
    public enum ClientCertificateRule: String, ExpressibleByArgument, CaseIterable, Sendable {
        /// Clients without one are refused, or they are served like others.
        case required, optional
    }

    /// A version of TLS.
    public enum OldestVersion: String, ExpressibleByArgument, CaseIterable, Sendable {
        /// TLS 1.2 (RFC 5246).
        case v12 = "1.2"
        /// TLS 1.3 (RFC 8446).
        case v13 = "1.3"
    }

    /// What encrypts after the handshake.
    public enum RecordLayer: String, ExpressibleByArgument, CaseIterable, Sendable {
        /// The server itself, or OpenSSL.
        case own, openssl
    }

    /// Sets what needs no file: the listener that redirects, unless systemd has passed one, and the
    /// rules for hosts.
    func apply(to configuration: inout ServerConfiguration, host: String) {
        configuration.hosts.apply(self)
        let isPassed = configuration.passedSockets.contains {
            ListenerKind(name: $0.name) == .redirect
        }
        guard let redirectHttp, !isPassed else { return }
        configuration.addressesByKind[.redirect] = [
            .tcp(host: redirectHttp.host ?? host, port: redirectHttp.port)
        ]
    }
}

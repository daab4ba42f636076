// The flags of TLS, and of what sends clients to it.
import ArgumentParser
import LinuxReactor
import WebSocketServer

/// Command-line flags for https and wss: the certificates, and plain http beside them.
public struct TLSOptions: ParsableArguments {
    @Option(
        help: """
            A port, or HOST:PORT, for plain http: it sends clients to https, and serves the \
            challenges of --acme-directory.
            """)
    public var redirectHttp: ListenPlace?

    @Option(
        help: """
            The port to which --redirect-http sends clients. Default: the port of TLS, or 443 if \
            something in front of this server has it.
            """)
    public var httpsPort: UInt16?

    /// The defaults of all flags.
    public init() {}

    /// Adds the listener that redirects, unless systemd has passed one.
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

// The settings of `roost serve` from plain arguments, for a program that takes over. A test
// compares each flag with what ArgumentParser makes of it.
import CommandLineOptions

extension Serve {
    /// The flags that take no value.
    static let switches: Set<String> = [
        "proxy-protocol", "reuse-port", "no-limits", "tls-self-signed",
    ]

    /// The command that ArgumentParser makes of these arguments. Nil if they are unusual or wrong.
    init?(plain arguments: [String]) {
        self.init()
        do {
            var values = try PlainArguments(arguments)
            port = try values.take("port") ?? Self.defaultPort
            options = try Self.options(&values)
            options.tls = try Self.tls(&values)
            chat = try Self.chat(&values)
            auth = try Self.auth(&values)
            history = try Self.history(&values)
            node = try Self.node(&values)
            operation = try Self.operation(&values)
            service = try Self.service(&values)
            guard values.isEmpty else { return nil }
            try options.validate()
            try options.tls.validate()
            try chat.validate()
            try auth.validate()
            try history.validate()
            try node.validate()
            try operation.validate()
            try validate()
        } catch {
            return nil
        }
    }

    private static func options(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> ServerOptions {
        var options = ServerOptions()
        options.host = try values.take("host") ?? ServerOptions.defaultHost
        options.maxMessage = try values.take("max-message")
        options.maxHead = try values.take("max-head")
        options.maxConnections = try values.take("max-connections")
        options.perAddress = try values.take("per-address")
        options.rateLimit = try values.take("rate-limit")
        options.outbox = try values.take("outbox")
        options.topicLog = try values.take("topic-log")
        options.unsent = try values.take("unsent")
        options.origin = try values.take("origin")
        options.hostName = try values.takeAll("host-name")
        options.compression = try values.take("compression") ?? .on
        options.clientWindow = try values.take("client-window")
        options.proxyProtocol = try values.takeSwitch("proxy-protocol")
        options.trustedProxy = try values.takeAll("trusted-proxy")
        options.addressShare = try values.take("address-share")
        options.memory = try values.take("memory")
        options.stallTimeout = try values.take("stall-timeout")
        options.handshakeTimeout = try values.take("handshake-timeout")
        options.messageTimeout = try values.take("message-timeout")
        options.reusePort = try values.takeSwitch("reuse-port")
        options.noLimits = try values.takeSwitch("no-limits")
        return options
    }

    private static func tls(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> TLSOptions {
        var tls = TLSOptions()
        tls.tlsCertificate = try values.take("tls-certificate")
        tls.tlsKey = try values.take("tls-key")
        tls.tlsCertificates = try values.take("tls-certificates")
        tls.tlsSelfSigned = try values.takeSwitch("tls-self-signed")
        tls.tlsClientCa = try values.take("tls-client-ca")
        tls.tlsClientCertificate = try values.take("tls-client-certificate") ?? .required
        tls.tlsTicketKeys = try values.take("tls-ticket-keys")
        tls.tlsMinimumVersion = try values.take("tls-minimum-version") ?? .v12
        tls.tlsRecordLayer = try values.take("tls-record-layer") ?? .own
        tls.redirectHttp = try values.take("redirect-http")
        tls.httpsPort = try values.take("https-port")
        tls.hsts = try values.take("hsts")
        return tls
    }

    private static func chat(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> ChatOptions {
        var chat = ChatOptions()
        chat.rooms = try values.take("rooms")
        chat.roomsPerAddress = try values.take("rooms-per-address")
        chat.moderator = try values.takeAll("moderator")
        return chat
    }

    private static func auth(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> AuthOptions {
        var auth = AuthOptions()
        auth.auth = try values.take("auth") ?? .none
        auth.authKey = try values.take("auth-key")
        auth.publicRead = try values.take("public-read") ?? .on
        return auth
    }

    private static func history(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> HistoryOptions {
        var history = HistoryOptions()
        history.history = try values.take("history")
        history.ack = try values.take("ack") ?? .durable
        history.historySize = try values.take("history-size")
        history.historyAge = try values.take("history-age")
        history.historyMessages = try values.take("history-messages")
        history.historyPerAddress = try values.take("history-per-address")
        return history
    }

    private static func node(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> NodeOptions {
        var node = NodeOptions()
        node.engine = try values.take("engine")
        node.enginePrefix = try values.take("engine-prefix") ?? NodeOptions.standardPrefix
        return node
    }

    private static func operation(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> ControlOptions {
        var operation = ControlOptions()
        operation.control = try values.take("control")
        operation.controlGroup = try values.take("control-group") ?? ControlOptions.standardGroup
        operation.adminGroup = try values.take("admin-group")
        operation.publishTokenFile = try values.take("publish-token-file")
        operation.metrics = try values.take("metrics")
        operation.metricsHostName = try values.takeAll("metrics-host-name")
        return operation
    }

    private static func service(
        _ values: inout PlainArguments
    ) throws(PlainArguments.Unusual) -> ServiceOptions {
        var service = ServiceOptions()
        service.config = try values.take("config")
        service.idleExit = try values.take("idle-exit")
        service.log = try values.take("log")
        service.acmeDirectory = try values.take("acme-directory")
        service.logLevel = try values.take("log-level") ?? .info
        return service
    }
}

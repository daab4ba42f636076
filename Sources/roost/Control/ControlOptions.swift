// The flags of the control socket, the metrics, and of publishing without a connection.
import ArgumentParser
import CommandLineOptions
import Glibc
import LinuxReactor
import WebSocketServer

/// Where the server takes its operators' requests, and who may send them.
struct ControlOptions: ParsableArguments {
    @Option(
        help: """
            The local socket to publish and to manage the server on this machine; 'off' for none. \
            Default: \(ControlSocket.standardPath) if its folder exists, otherwise one in \
            $XDG_RUNTIME_DIR.
            """)
    var control: String?

    @Option(help: "The group whose members may publish, and see the status and who is connected.")
    var controlGroup = ControlOptions.standardGroup

    /// The group that the package makes. A server that is run by hand does without.
    static let standardGroup = "roost"

    @Option(
        help: """
            The group whose members may also kick users, and stop and reload the server; to reach \
            the socket, they must also be in the control group.
            """)
    var adminGroup: String?

    @Option(
        help: """
            A file with secrets, one on a line, with which programs may publish over the network: \
            Authorization: Bearer SECRET.
            """)
    var publishTokenFile: String?

    @Option(
        help: "An address for Prometheus, HOST:PORT; keep it private.")
    var metrics: HostAndPort?

    @Option(
        help: """
            A name under which metrics are fetched, besides IP addresses, localhost and this machine's \
            names. May be given several times.
            """)
    var metricsHostName: [String] = []

    func validate() throws {
        for name in metricsHostName {
            if let flaw = HostPolicy.flaw(in: name) {
                throw ValidationError("--metrics-host-name: \(flaw)")
            }
        }
    }

    /// The rights that follow from the flags. Throws if the token file cannot be read, or if a
    /// group that is named does not exist. With `again`, nothing is read that may make a server
    /// wait.
    func access(again: Bool = false) throws -> Access {
        var access = Access()
        access.ownUser = SystemUser.effective
        access.memberGroup = SystemUser.group(named: controlGroup)
        if access.memberGroup == nil, controlGroup != Self.standardGroup {
            throw ValidationError("--control-group: there is no group '\(controlGroup)'.")
        }
        if let adminGroup {
            guard let group = SystemUser.group(named: adminGroup) else {
                throw ValidationError("--admin-group: there is no group '\(adminGroup)'.")
            }
            access.adminGroup = group
        }
        if let publishTokenFile {
            if again { try TextFile.requireRegular(publishTokenFile) }
            access.publishTokens = try PublishTokens.read(publishTokenFile)
        }
        return access
    }

    /// Adds the listeners for the metrics and the control socket to the configuration; no control
    /// socket if systemd has passed one. Returns a sentence for the log if another server has the
    /// default path, or if there is no place for one.
    func addListeners(
        to configuration: inout ServerConfiguration, _ access: Access
    ) -> String? {
        if let metrics {
            configuration.addressesByKind[.metrics] = [
                .tcp(host: metrics.host, port: metrics.port)
            ]
        }
        let isPassed = configuration.passedSockets.contains {
            ListenerKind(name: $0.name) == .control
        }
        guard control != "off", !isPassed else { return nil }
        guard let path = control ?? ControlSocket.writablePath else {
            return "This server has no control socket: neither /run/roost nor $XDG_RUNTIME_DIR is "
                + "a folder that it may write. Give it one with --control PATH."
        }
        if control == nil, ControlSocket.isServed(path) {
            return "\(path) belongs to another server: this one has no control socket. "
                + "Give it one with --control PATH."
        }
        // Without the group, only the owner may connect.
        let group = access.memberGroup.flatMap { SystemUser.mayGive(to: $0) ? $0 : nil }
        configuration.addressesByKind[.control] = [
            .unix(path: path, mode: group == nil ? 0o600 : 0o660, group: group)
        ]
        return nil
    }

    /// Prints the addresses of the control socket and of the metrics.
    func announce(_ listeners: [Listener]) {
        for listener in listeners {
            switch listener.kind {
            case .control: print("Control socket: \(listener.path ?? "passed by systemd")")
            case .metrics: print("Metrics: http://\(listener.address)/metrics")
            case .public, .proxy, .tls, .redirect: continue
            }
        }
        fflush(nil)
    }
}

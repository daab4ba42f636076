// The flags of the control socket, and of publishing from outside.
import ArgumentParser
import CommandLineOptions
import Glibc
import LinuxReactor
import WebSocketServer

/// Where the server is run from, and who may do so.
struct ControlOptions: ParsableArguments {
    @Option(
        help: """
            The local socket by which people of this machine publish and run the server; 'off' for \
            none. Default: \(ControlSocket.standardPath) if its folder is there, else one in \
            $XDG_RUNTIME_DIR.
            """)
    var control: String?

    @Option(help: "The group whose members may publish and see the status.")
    var controlGroup = "roost"

    @Option(
        help: """
            The group whose members may also stop and reload the server; to reach the socket they \
            have to be in the other group, too.
            """)
    var adminGroup: String?

    @Option(
        help: """
            A file with secrets, one a line, by which programs may publish over the network: \
            Authorization: Bearer SECRET.
            """)
    var publishTokenFile: String?

    @Option(
        help: "An address for Prometheus, HOST:PORT; it is nobody else's business.")
    var metrics: HostAndPort?

    /// The rights that follow from the flags. Throws for a file that cannot be read, and for a
    /// group that was asked for and is not there.
    func access() throws -> Access {
        var access = Access()
        access.ownUser = SystemUser.effective
        access.memberGroup = SystemUser.group(named: controlGroup)
        if let adminGroup {
            guard let group = SystemUser.group(named: adminGroup) else {
                throw ValidationError("--admin-group: there is no group '\(adminGroup)'.")
            }
            access.adminGroup = group
        }
        if let publishTokenFile {
            access.publishTokens = try PublishTokens.read(publishTokenFile)
        }
        return access
    }

    /// Adds the address of the metrics and the control socket to what the server listens on, the
    /// latter unless systemd has passed one. Returns why there is none, if one could be missed.
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
        guard let path = control ?? ControlSocket.writablePath else { return nil }
        if control == nil, ControlSocket.isServed(path) {
            return "\(path) is another server's: this one has no control socket. "
                + "Give it one with --control PATH."
        }
        // Without the group nobody but the owner is let in.
        let group = access.memberGroup.flatMap { SystemUser.mayGive(to: $0) ? $0 : nil }
        configuration.addressesByKind[.control] = [
            .unix(path: path, mode: group == nil ? 0o600 : 0o660, group: group)
        ]
        return nil
    }

    /// Says where the server is run from.
    func announce(_ listeners: [Listener]) {
        for listener in listeners {
            switch listener.kind {
            case .control: print("Control socket: \(listener.path ?? "passed by systemd")")
            case .metrics: print("Metrics: http://\(listener.address)/metrics")
            case .public, .proxy: continue
            }
        }
        fflush(nil)
    }
}

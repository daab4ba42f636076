// UNSAFE: fcntl(2) duplicates passed descriptors, which stay open as long as the process lives.
//
// A server that could not start and keeps its sockets: it waits until an operator has mended the
// reason.
import ChatRooms
import Glibc
import LinuxReactor
import SystemdSupport
import WebSocketServer

/// Runs in place of the chat while its configuration is bad.
enum Standby {
    /// Answers clients and operators at the passed sockets, until a reload makes a server, which
    /// listens already and serves then, or until a stop. Throws if the passed sockets cannot be
    /// used either.
    static func run(
        _ failure: StartFailure, _ startup: Startup
    ) throws(StartFailure) -> ServerEnd {
        // Nobody serves them: their clients shall come back, and see that.
        startup.store?.abandon()
        let log = startup.command.startLog()
        // The handler belongs to its server: what a reload has made waits here.
        let mended = Mended()
        let end = ServerEnd()
        let handler = StandbyHandler(
            failure, access: access(startup.command),
            service: Service(log.log, log.events, fault: failure.line, end: end)
        ) { () throws(StartFailure) in
            mended.server = try startup.makeServer(again: true)
        }
        do {
            let loop = try ServerLoop(handler, configuration(startup, log))
            log.fail(failure.sentences)
            loop.run()
        } catch {
            // The first failure says more.
            throw failure
        }
        if let server = mended.server { return server.serve() }
        log.ended()
        return end
    }

    private final class Mended {
        var server: Startup.Ready?
    }

    /// Only the passed sockets, so that the server of a reload can open all the others.
    private static func configuration(
        _ startup: Startup, _ log: StartLog
    ) throws(SystemError) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.addresses = []
        configuration.tls = startup.certificates
        for socket in startup.passed {
            // A server closes its sockets in the end, and the next one needs them.
            let copy = fcntl(socket.descriptor.rawValue, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { throw SystemError(errno, "copy a passed socket") }
            // Without a certificate a socket of TLS stays open, and speaks plainly.
            let isPlain = configuration.tls == nil && ListenerKind(name: socket.name) == .tls
            configuration.passedSockets.append(
                .init(
                    descriptor: FileDescriptor(rawValue: copy),
                    name: isPlain ? ListenerKind.public.name : socket.name))
        }
        if startup.expectsProxyHeaders { configuration.requireProxyProtocol() }
        configuration.origin = .any
        // Any client learns that it is closed, and nothing else.
        configuration.hosts.metrics = .names(MachineNames.all)
        configuration.limits.closeDeadline = .seconds(1)
        configuration.logger = log.logger
        configuration.tickInterval = Startup.tickInterval
        configuration.stopSignals = [.interrupt, .terminate]
        configuration.signals = [.user1, .user2, .hangUp]
        return configuration
    }

    /// Root, the server's own user, and members of the group that the command line names: the
    /// configuration's groups are not known.
    private static func access(_ command: Serve) -> Access {
        var access = Access()
        access.ownUser = SystemUser.effective
        access.memberGroup = SystemUser.group(named: command.operation.controlGroup)
        return access
    }
}

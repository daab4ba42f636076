// The start: everything that can fail is opened here, before anything is accepted.
import LibC
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Opens the listening sockets and everything else that can fail; nothing is accepted yet.
    /// `wake` makes ``wakeup`` readable, on any thread. `inherited` are the sockets of the program
    /// before this one, instead of those of the configuration; nil if there was none.
    package init(
        _ kernel: consuming K, _ configuration: ServerConfiguration,
        inheriting inherited: [Listener]? = nil,
        wake: @escaping @Sendable (FileDescriptor) -> Void = LinuxKernel.wake
    ) throws(SystemError) {
        // A program that takes over has no time for it now: its first handshake does it.
        if inherited == nil { Handshake.prepare() }
        var kernel = kernel
        let descriptorCount = kernel.raiseDescriptorLimit()
        let clock = TurnClock(&kernel)
        let listeners =
            if let inherited {
                try Self.adopt(inherited, &kernel, configuration)
            } else {
                try Self.openListeners(&kernel, configuration)
            }
        let wakeup = try kernel.makeWakeup()
        let poller = try Poller(&kernel)
        let reserve = kernel.makeReserve()
        let signals = try SignalSet(configuration, &kernel)
        do throws(SystemError) {
            try Self.watchOwn(poller, wakeup, signals, listeners, &kernel)
        } catch {
            // There is no server that would react to them.
            signals.source?.close(&kernel)
            throw error
        }
        let settings = ActiveSettings(
            configuration.limits, configuration.origin, configuration.hosts, tls: configuration.tls,
            automaticHosts: HostPolicy.automatic.resolved(listeners, configuration.trustedProxies),
            securePort: listeners.first { $0.kind == .tls && $0.address.port > 0 }?.address.port,
            descriptorCount: descriptorCount, memoryHigh: kernel.memoryHigh())
        self.init(
            kernel: kernel, poller: poller,
            io: ServerContext(
                settings, clock,
                TaskTable(now: clock.now, executor: configuration.taskExecutor) { wake(wakeup) },
                logger: configuration.logger, redis: configuration.redis,
                redisTLS: configuration.redisTLS),
            listening: ListenerSet(
                listeners, reserve: reserve, proxies: configuration.trustedProxies),
            signals: signals, wakeup: wakeup, configuration)
    }

    /// Watches the server's own descriptors.
    static func watchOwn(
        _ poller: borrowing Poller, _ wakeup: FileDescriptor, _ signals: borrowing SignalSet,
        _ listeners: [Listener], _ kernel: inout K
    ) throws(SystemError) {
        try poller.watch(wakeup, for: .readable, token: Token.wakeup, &kernel)
        if let descriptor = signals.source?.descriptor {
            try poller.watch(descriptor, for: .readable, token: Token.signals, &kernel)
        }
        for (index, listener) in listeners.enumerated() {
            let token = Token.listener(index)
            try poller.watchAgain(listener.descriptor, for: .readable, token: token, &kernel)
        }
    }

    /// With certificates, sockets for clients speak TLS, unless there are some that are named so.
    private static func encrypt(
        _ listeners: inout [Listener], _ configuration: ServerConfiguration
    ) throws(SystemError) {
        let isNamed = listeners.contains { $0.kind == .tls }
        guard configuration.tls != nil else {
            guard let listener = listeners.first(where: { $0.kind == .tls }) else { return }
            throw SystemError(
                EINVAL, "speak TLS on \(listener.address)",
                remedy: "There is no certificate: name one, with its key.")
        }
        guard !isNamed else { return }
        for index in listeners.indices where listeners[index].kind == .public {
            listeners[index].name = ListenerKind.tls.name
        }
    }

    private static func adopt(
        _ inherited: [Listener], _ kernel: inout K, _ configuration: ServerConfiguration
    ) throws(SystemError) -> [Listener] {
        var listeners: [Listener] = []
        for listener in inherited {
            listeners.append(
                Listener(
                    descriptor: listener.descriptor,
                    address: try kernel.adoptListener(listener.descriptor), name: listener.name,
                    path: listener.path))
        }
        try encrypt(&listeners, configuration)
        return listeners
    }

    private static func openListeners(
        _ kernel: inout K, _ configuration: ServerConfiguration
    ) throws(SystemError) -> [Listener] {
        var listeners: [Listener] = []
        for passed in configuration.passedSockets {
            let address = try kernel.adoptListener(passed.descriptor)
            listeners.append(
                Listener(descriptor: passed.descriptor, address: address, name: passed.name))
        }
        let passedCount = listeners.count
        for (kind, address) in configuration.allAddresses {
            do {
                let (descriptor, bound) = try kernel.listen(
                    on: address, backlog: configuration.backlog, reusePort: configuration.reusePort)
                listeners.append(
                    Listener(
                        descriptor: descriptor, address: bound, name: kind.name,
                        path: address.path))
            } catch {
                // A later attempt needs the addresses to be free.
                for listener in listeners[passedCount...] { listener.close(&kernel) }
                throw error
            }
        }
        do throws(SystemError) { try encrypt(&listeners, configuration) } catch {
            for listener in listeners[passedCount...] { listener.close(&kernel) }
            throw error
        }
        return listeners
    }
}

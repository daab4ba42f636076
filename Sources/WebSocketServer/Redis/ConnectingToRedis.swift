// The steps until Redis can be greeted: look its name up, connect, shake hands if it is by TLS.
import LinuxReactor
import RedisClient

extension ServerCore where K: ~Copyable {
    mutating func beginRedis(_ call: HandlerCall) {
        guard let url = io.redisLink.url else { return }
        io.redisLink.stage = .resolving(until: io.clock.now + RedisLink.patience)
        switch url.address {
        case .unix(let path): io.redisLink.addresses = [.local(path: path)]
        case .tcp(let host, let port), .tls(let host, let port):
            guard let address = NetworkAddress(numeric: host, port: port) else {
                return kernel.beginResolution(host, ticket: io.redisLink.token, waking: wakeup)
            }
            io.redisLink.addresses = [.network(address)]
        }
        tryNextRedisAddress(after: .connectTimedOut, call)
    }

    /// The host name has been looked up.
    mutating func redisResolved(_ resolution: Resolution, _ call: HandlerCall) {
        guard case .resolving = io.redisLink.stage, resolution.ticket == io.redisLink.token,
            let port = io.redisLink.url?.port
        else { return }
        guard resolution.status == 0, !resolution.addresses.isEmpty else {
            return dropRedis(.unknownHost(resolution.status), call)
        }
        io.redisLink.addresses = resolution.addresses.reversed().map {
            .network($0.with(port: port))
        }
        tryNextRedisAddress(after: .connectTimedOut, call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    /// Begins a connection to the next address for which connect(2) does not fail at once; the one
    /// before has failed.
    mutating func tryNextRedisAddress(
        after failure: RedisFailure, _ call: HandlerCall
    ) {
        closeRedisSocket()
        var failure = failure
        while let address = io.redisLink.addresses.popLast() {
            switch kernel.connect(to: address, from: nil) {
            case .failed(let number): failure = .notConnected(number)
            case .begun(let socket):
                io.redisLink.begin(socket)
                io.redisLink.stage = .connecting(until: io.clock.now + RedisLink.patience)
                do throws(SystemError) {
                    try poller.watch(
                        socket, for: .writable, token: io.redisLink.token, &kernel)
                    return
                } catch {
                    failure = .notConnected(error.number)
                    closeRedisSocket()
                }
            }
        }
        dropRedis(failure, call)
    }

    /// connect(2) has succeeded or failed.
    mutating func redisConnected(_ call: HandlerCall) {
        let number = kernel.takeError(of: io.redisLink.descriptor)
        guard number == 0 else {
            return tryNextRedisAddress(after: .notConnected(number), call)
        }
        poller.change(
            io.redisLink.descriptor, to: .readable, token: io.redisLink.token, &kernel)
        if case .tls(let host, let port) = io.redisLink.url?.address {
            encryptRedis(host, port, call)
        } else {
            greetRedis()
        }
    }

    /// Bytes can pass: writes the greeting.
    mutating func greetRedis() {
        guard let url = io.redisLink.url else { return }
        io.redisLink.stage = .connected
        io.redisLink.lastHeard = io.clock.now
        io.redisLink.session.begin(url, at: io.clock.now.nanoseconds)
        io.pendingCalls.insert(.redis)
    }
}

extension RedisURL {
    /// The port, if it is not reached by a socket in the file system.
    fileprivate var port: UInt16? {
        switch address {
        case .tcp(_, let port), .tls(_, let port): port
        case .unix: nil
        }
    }
}

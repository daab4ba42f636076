// Connections that the handler opens: the test is the other end of them.
import LinuxReactor
import Synchronization
import WebSocketServer

/// What an outgoing connection of a handler meets at its host.
public enum SimulatedDestination: Hashable, Sendable {
    /// A server that the test plays: see ``SimulatedServer/nextOutgoing()``.
    case listens
    /// The machine is there, and nothing listens on the port: ECONNREFUSED.
    case refuses
    /// No packet is answered: the attempt ends at `Limits.connectDeadline`.
    case silent
    /// The name does not exist (EAI_NONAME).
    case unknown
}

extension SimulatedServer where Handler: ~Copyable {
    // MARK: Outgoing connections

    /// What outgoing connections meet at a host, which is a name or a numeric address; every host
    /// that is not named here listens.
    public func setDestination(_ host: String, _ destination: SimulatedDestination) {
        destinations.set(host, destination)
    }

    /// The oldest connection that the handler has opened with `io.connect` and this has not
    /// returned yet: accept or refuse it, and then it is the server's end of that WebSocket.
    ///
    /// ```swift
    /// let feed = try server.nextOutgoing()
    /// feed.accept()
    /// feed.send("price 17")
    /// ```
    ///
    /// - Throws: if the handler has opened no other.
    public func nextOutgoing() throws(NoOutgoingConnection) -> SimulatedWebSocket {
        while takenConnectCount < network.connects.count {
            let socket = network.connects[takenConnectCount].socket
            takenConnectCount += 1
            // It was refused, or given up.
            guard network.sockets[socket]?.attempt == .succeeds,
                network.sockets[socket]?.isClosed == false, !isRedis(socket)
            else { continue }
            let peer = WebSocketPeer(network, socket, isClient: false)
            add(peer)
            peer.pump()
            let target = peer.head?.line.dropFirst().first.map { String($0) } ?? "/"
            return SimulatedWebSocket(peer, target: target, self)
        }
        throw NoOutgoingConnection()
    }
}

/// The handler has not opened the connection that a test wanted to answer.
public struct NoOutgoingConnection: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, and what to do.
    public var description: String {
        "The handler has opened no connection that was not taken already: io.connect was not "
            + "called yet, the connection has failed, or a timer has to come first (advance(by:))."
    }
}

/// What hosts do, and the addresses that stand for their names.
final class Destinations: Sendable {
    private struct State {
        var byHost: [String: SimulatedDestination] = [:]
        var addresses: [String: NetworkAddress] = [:]
    }

    private let state = Mutex(State())

    func set(_ host: String, _ destination: SimulatedDestination) {
        state.withLock { $0.byHost[host] = destination }
    }

    /// A name gets an address of 192.0.2.0/24 (RFC 5737), in the order of asking.
    func resolve(_ name: String) -> Resolution? {
        state.withLock { state in
            if state.byHost[name] == .unknown {
                return Resolution(ticket: 0, status: -2, addresses: [])
            }
            let next = UInt8(truncatingIfNeeded: state.addresses.count + 1)
            let address = state.addresses[name] ?? .ipv4(192, 0, 2, next, port: 0)
            state.addresses[name] = address
            return Resolution(ticket: 0, status: 0, addresses: [address])
        }
    }

    /// Whether a connection to this address is one to Redis.
    func leads(_ address: ConnectAddress, to url: RedisURL?) -> Bool {
        switch (address, url?.address) {
        case (.local(let path), .unix(let other)): path == other
        case (.network(let address), .tcp(let host, let port)):
            address.port == port
                && (address.host == host
                    || state.withLock { $0.addresses[host]?.host == address.host })
        default: false
        }
    }

    func attempt(_ address: ConnectAddress) -> Attempt {
        guard case .network(let address) = address else { return .succeeds }
        return state.withLock { state in
            let name = state.addresses.first { $0.value.host == address.host }?.key
            switch state.byHost[name ?? address.host] ?? .listens {
            case .listens: return .succeeds
            case .refuses: return .fails(111)
            case .silent, .unknown: return .pending
            }
        }
    }
}

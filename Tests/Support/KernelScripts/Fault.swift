// Faults that are put into the simulated kernel, to see that the scripts find them.
import LinuxReactor
import WebSocketServerTesting

/// What is wrong with a simulated kernel.
struct Fault {
    let name: String
    /// Before a step of a script, and with its outcome.
    var before: (SimulatedWorld, Step) -> Void = { _, _ in }
    var after: (SimulatedWorld, Step, inout Outcome) -> Void = { _, _, _ in }
    /// When the events are asked for.
    var observed: (SimulatedWorld, inout Observation) -> Void = { _, _ in }
}

extension Fault {
    static var all: [Fault] { ofEvents + ofReceiving + ofSending + ofEnds + ofDescriptors }

    private static var ofEvents: [Fault] {
        [
            Fault(
                name: "EPOLLRDHUP is missing",
                observed: { world, seen in
                    seen.change(world) { _, ready in ready.remove(.peerEnded) }
                }),
            Fault(
                name: "EPOLLHUP is missing when both ends have ended",
                observed: { world, seen in
                    seen.change(world) { _, ready in ready.remove(.hungUp) }
                }),
            Fault(
                name: "EPOLLERR comes with each EPOLLHUP",
                observed: { world, seen in
                    seen.change(world) { _, ready in
                        if ready.contains(.hungUp) { ready.insert(.hasError) }
                    }
                }),
            Fault(
                name: "EPOLLOUT is missing after our shutdown",
                observed: { world, seen in
                    seen.change(world) { socket, ready in
                        if socket.serverHasEnded { ready.remove(.writable) }
                    }
                }),
            Fault(
                name: "EPOLLOUT is reported for a full socket",
                observed: { world, seen in
                    for (_, (interest, token)) in world.network.watched(where: { $0.window == 0 })
                    where interest.contains(.writable) {
                        seen.events.removeAll { $0.token == token }
                        seen.events.append(Event(token: token, readiness: .writable))
                    }
                }),
            Fault(
                name: "EPOLL_CTL_MOD keeps the token",
                before: { world, step in
                    guard case .watch(.connection(let number), .modify, let interest, _) = step,
                        let socket = world.sockets[number],
                        let (_, token) = world.network.watched[socket]
                    else { return }
                    world.kept = (socket, interest, token)
                },
                after: { world, _, _ in
                    guard let (socket, interest, token) = world.kept else { return }
                    world.network.watch(socket, (interest, token))
                    world.kept = nil
                }),
            Fault(
                name: "each wait begins with the first descriptor",
                after: { _, _, outcome in
                    guard case .events(let events) = outcome else { return }
                    outcome = .events(events.map { _ in events[0] })
                }),
        ]
    }

    private static var ofReceiving: [Fault] {
        [
            Fault(
                name: "ECONNRESET is reported by each receive",
                before: { world, step in
                    guard case .receive(let number, .server, _) = step else { return }
                    world.change(number) { if $0.isReset { $0.server.error = 104 } }
                }),
            Fault(
                name: "a reset is reported behind an end of the stream",
                after: { world, step, outcome in
                    guard case .receive(let number, .server, _) = step, outcome == .endOfStream
                    else { return }
                    world.change(number) {
                        if $0.server.error != 0 { outcome = .failed($0.server.takeError()) }
                    }
                }),
            Fault(
                name: "EAGAIN instead of the end of the stream",
                after: { _, step, outcome in
                    guard case .receive = step, outcome == .endOfStream else { return }
                    outcome = .wouldBlock
                }),
            Fault(
                name: "a reset drops what has come before it",
                before: { world, step in
                    guard case .receive(let number, .server, _) = step else { return }
                    world.change(number) { if $0.isReset { $0.server.input = [] } }
                }),
            Fault(
                name: "a byte is lost where a receive takes only a part",
                after: { world, step, outcome in
                    guard case .receive(let number, .server, let limit) = step,
                        case .received(limit, _) = outcome
                    else { return }
                    world.change(number) { $0.server.input = Array($0.server.input.dropFirst()) }
                }),
        ]
    }

    private static var ofSending: [Fault] {
        [
            Fault(
                name: "bytes may follow a shutdown",
                after: { _, step, outcome in
                    guard case .send(_, .server, let count) = step, outcome == .failed(32) else {
                        return
                    }
                    outcome = .sent(count)
                }),
            Fault(
                name: "ECONNRESET instead of EPIPE for a reset behind a FIN",
                before: { world, _ in
                    world.changeAll { if $0.server.error == 32 { $0.server.error = 104 } }
                }),
            Fault(
                name: "a closed end does not answer what comes for it",
                before: { world, step in
                    guard case .send(let number, .server, _) = step else { return }
                    world.change(number) { $0.peer.isClosed = false }
                },
                after: { world, step, _ in
                    guard case .send(let number, .server, _) = step, world.isPeerClosed(number)
                    else { return }
                    world.change(number) { $0.peer.isClosed = true }
                }),
            Fault(
                name: "SO_ERROR is not cleared",
                after: { world, step, outcome in
                    guard case .takeError(let number) = step, case .failed(let error) = outcome
                    else { return }
                    world.change(number) { $0.server.error = error }
                }),
        ]
    }

    private static var ofEnds: [Fault] {
        [
            Fault(
                name: "a close with unread bytes sends FIN",
                before: { world, step in
                    guard case .close(let number, .server) = step else { return }
                    world.change(number) { $0.server.input = [] }
                }),
            Fault(
                name: "SO_LINGER resets a local socket too",
                after: { world, step, _ in
                    guard case .reset(let number, .server) = step else { return }
                    world.change(number) { if $0.isLocal { $0.peer.error = 104 } }
                }),
            Fault(
                name: "a reset is a close",
                after: { world, step, _ in
                    guard case .reset(let number, .server) = step else { return }
                    world.change(number) { $0.peer.error = 0 }
                }),
            Fault(
                name: "a closed listener leaves its queue alone",
                before: { world, step in
                    if case .closeListener = step { world.network.backlog = [] }
                }),
            Fault(
                name: "connections are accepted in the wrong order",
                before: { world, step in
                    if case .accept = step { world.network.backlog.reverse() }
                }),
        ]
    }

    private static var ofDescriptors: [Fault] {
        [
            Fault(
                name: "a duplicate does not keep its socket open",
                before: { world, step in
                    switch step {
                    case .close(_, .server), .reset(_, .server): world.network.duplicates = [:]
                    case .closeDuplicate(let number):
                        world.network.duplicates[world.sockets[number]!] = 1
                    default: break
                    }
                }),
            Fault(
                name: "EPOLL_CTL_DEL of a closed descriptor with a duplicate succeeds",
                after: { _, step, outcome in
                    guard case .watch(_, .remove, _, _) = step, outcome == .failed(9) else {
                        return
                    }
                    outcome = .done
                }),
            Fault(
                name: "a wake-up stays until it is cleared twice",
                after: { world, step, _ in
                    guard step == .clearWakeup, world.network.hasWakeup == false else { return }
                    world.network.hasWakeup = world.wasAwoken
                    world.wasAwoken = false
                }),
        ]
    }
}

extension Observation {
    /// Changes each event of the server's connections.
    fileprivate mutating func change(
        _ world: SimulatedWorld, _ body: (SimulatedSocket, inout Readiness) -> Void
    ) {
        events = events.compactMap { event in
            let socket = world.network.watched.first { $0.value.1 == event.token }?.key
            guard let socket, let state = world.network.sockets[socket] else { return event }
            var readiness = event.readiness
            body(state, &readiness)
            return readiness.isEmpty ? nil : Event(token: event.token, readiness: readiness)
        }
    }
}

extension SimulatedNetwork {
    /// What epoll watches of the connections in a state.
    fileprivate func watched(
        where condition: (SimulatedSocket) -> Bool
    ) -> [Int32: (Readiness, UInt64)] {
        watched.filter { sockets[$0.key].map(condition) ?? false }
    }
}

extension SimulatedWorld {
    fileprivate func change(_ number: Int, _ body: (inout SimulatedSocket) -> Void) {
        body(&network.sockets[sockets[number]!]!)
    }

    fileprivate func changeAll(_ body: (inout SimulatedSocket) -> Void) {
        for socket in network.sockets.keys { body(&network.sockets[socket]!) }
    }
}

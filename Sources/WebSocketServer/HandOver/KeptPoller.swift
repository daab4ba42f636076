// epoll(7) outlives execve(2), with the connections that are handed over in it: to watch each of
// them anew, and to take all out of an instance that is closed, was a fifth of the pause.
import LinuxReactor

/// What has been changed for the program that takes over.
struct LeftWatching {
    /// Connections that are watched for reading alone now, and that the server watches for
    /// something else.
    fileprivate var changed: [Slot] = []
    /// Connections that are not handed over.
    fileprivate var forgotten: [Slot] = []
}

extension ServerCore where K: ~Copyable {
    /// Leaves each connection that is handed over watched for reading, which is what the next
    /// program expects, and no other connection watched at all: a copy of its descriptor elsewhere
    /// would let it be reported for ever. Nothing else of the server's own stays watched, since its
    /// descriptors are closed; the listening sockets stay.
    mutating func leaveConnectionsWatched() -> LeftWatching {
        var left = LeftWatching()
        for slot in io.connections.slots.indices {
            let descriptor = io.connections.slots[slot].descriptor
            guard descriptor != .none else { continue }
            if !io.canBeHandedOver(slot) {
                if poller.forget(descriptor, &kernel) { left.forgotten.append(slot) }
            } else if io.connections.slots[slot].watched != .readable {
                let token = io.connections.id(of: slot).token
                poller.change(descriptor, to: .readable, token: token, &kernel)
                left.changed.append(slot)
            }
        }
        return left
    }

    /// Ends that: no other program has come.
    mutating func watchConnectionsAgain(_ left: LeftWatching) {
        for slot in left.changed {
            poller.change(
                io.connections.slots[slot].descriptor, to: io.connections.slots[slot].watched,
                token: io.connections.id(of: slot).token, &kernel)
        }
        for slot in left.forgotten {
            // Without memory for it, the connection ends by its deadline.
            try? poller.watch(
                io.connections.slots[slot].descriptor, for: io.connections.slots[slot].watched,
                token: io.connections.id(of: slot).token, &kernel)
        }
    }

    /// Goes on with what the program before has left watched, before anything is restored.
    mutating func goOnWatching(_ kept: FileDescriptor) throws(SystemError) {
        poller.goOn(with: kept, &kernel)
        try Self.watchOwn(poller, wakeup, signals, listening.listeners, &kernel)
    }

    /// Watches a connection that is restored.
    mutating func watchRestored(_ slot: Slot) throws(StateError) {
        let wanted = io.connections.slots[slot].wanted
        io.connections.slots[slot].watched = wanted
        // It is watched for reading already.
        guard !poller.isKept || wanted != .readable else { return }
        do {
            try poller.watchAgain(
                io.connections.slots[slot].descriptor, for: wanted,
                token: io.connections.id(of: slot).token, &kernel)
        } catch {
            throw StateError("\(error)")
        }
    }
}

// Descriptors of the simulated machine: duplicates of them, and what happens when the last one of a
// socket is closed.
import LinuxReactor

extension Readiness {
    /// EPOLLERR: an error is pending.
    package static var hasError: Readiness { Readiness(rawValue: 0x008) }
    /// EPOLLHUP: nothing can come any more, and nothing can be sent.
    package static var hungUp: Readiness { Readiness(rawValue: 0x010) }
}

extension SimulatedNetwork {
    /// Another process gets a duplicate of a descriptor: dup(2), SCM_RIGHTS, systemd's store.
    package func duplicate(_ descriptor: Int32) { duplicates[descriptor, default: 0] += 1 }

    /// One duplicate is closed.
    package func closeDuplicate(_ descriptor: Int32) {
        let count = duplicates[descriptor]! - 1
        duplicates[descriptor] = count > 0 ? count : nil
        if count == 0, closedEarly.remove(descriptor) != nil { closeLast(descriptor) }
    }

    /// The server closes a descriptor. A duplicate keeps the socket open, and goes on being
    /// reported.
    func close(_ descriptor: Int32) {
        if duplicates[descriptor] == nil {
            closeLast(descriptor)
        } else {
            closedEarly.insert(descriptor)
        }
    }

    /// The last descriptor of a socket is closed: epoll forgets it, and its peer hears of it.
    private func closeLast(_ descriptor: Int32) {
        watch(descriptor, nil)
        sockets[descriptor]?.closeServer()
        guard SimulatedKernel.isListener(descriptor) else { return }
        closedListeners.insert(descriptor)
        // Nobody will accept them.
        let waiting = backlog.filter { $0.listener == descriptor }
        backlog.removeAll { $0.listener == descriptor }
        for (socket, _, _) in waiting { sockets[socket]!.closeUnaccepted() }
    }
}

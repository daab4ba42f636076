// What keeps descriptors between two processes of a service.
import LibC

/// A place outside of the process that keeps descriptors of a service while none of its processes
/// runs, as systemd's file descriptor store does: sd_notify(3), FDSTORE=1. `ServiceStore` of
/// SystemdSupport is such a place.
///
/// A server with such a store leaves its connections there at a restart, and the next process goes
/// on with them. All three are called on the thread that makes or runs the server.
public protocol DescriptorStore: Sendable {
    /// What the store has kept for this process, which now belongs to the caller. Called when a
    /// server has opened its listening sockets; the second call returns nothing.
    func takeKept() -> [FileDescriptor]

    /// Lets the store keep copies of these descriptors, few of them, although their other ends are
    /// closed soon. Called at most once, while nothing else is served; it should wait until the
    /// store has looked at them, for some seconds at most. The server sees for itself whether they
    /// are kept.
    ///
    /// - Throws: why they cannot be kept, which is logged.
    func keep(_ descriptors: [FileDescriptor]) throws(SystemError)

    /// Lets the store forget all that it has been given. Called when that has been taken, or cannot
    /// be used; if it fails, nothing that the store still has does any harm.
    func forget()

    /// Lets the store keep a copy of one more descriptor, by a name of its own, while the server
    /// serves: it must not wait for anything. Called some times a second at most. What a store does
    /// not keep does no harm, and the server sees that. The default throws: then connections do not
    /// survive a crash.
    ///
    /// - Throws: why it cannot be kept, which is logged.
    func add(_ descriptor: FileDescriptor, named name: String) throws(SystemError)

    /// Lets the store forget what has this name, without waiting. Returns false if it cannot be
    /// asked just now: then it is asked again later. The default does nothing.
    func remove(named name: String) -> Bool
}

extension DescriptorStore {
    public func add(_ descriptor: FileDescriptor, named name: String) throws(SystemError) {
        throw SystemError(ENOTSUP, "keep connections in case of a crash")
    }

    public func remove(named name: String) -> Bool { true }
}

extension DescriptorStore {
    /// Ends the connections that the store has kept, so that their clients come back: for a process
    /// that makes no server, for example since its configuration is bad.
    public func abandon() {
        let kept = takeKept()
        guard !kept.isEmpty else { return }
        Carrier.endAll(in: kept)
        forget()
    }
}

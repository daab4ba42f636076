// Another program takes the place of this one, as the program or its handler wants it.
import LinuxReactor

extension Server where Handler: ~Copyable {
    /// Runs another program, usually a new version, in place of this one: in the same process, with
    /// the same listening sockets and connections. Clients notice nothing, in the middle of a
    /// message too. May be called from any thread and at any time, and returns at once. To do this
    /// at a signal, set ``ServerConfiguration/reexecSignals``.
    ///
    /// First the new program is started as a child, and tries to take over a copy of the state;
    /// this server serves meanwhile. If the child says no, takes too long or is no such program,
    /// nothing has happened. Otherwise the program takes the place of this one: execve(2). It runs
    /// from its `main` on, and the first server that it makes finds the state instead of binding
    /// sockets. <doc:UpgradingInPlace> has what goes on, what does not, and an example.
    ///
    /// - Parameters:
    ///   - reexec: the program, and its times.
    ///   - onFailure: called once if no other program takes over, on the loop's thread or, if that
    ///     is known at once, on the calling one. The reason is logged, too, unless another is under
    ///     way.
    public func reexec(
        _ reexec: Reexec = Reexec(),
        onFailure: @escaping @Sendable (ReexecFailure) -> Void = { _ in }
    ) {
        requests.askReexec(ReexecRequest(reexec: reexec, onFailure: onFailure))
    }
}

extension ServerContext {
    /// Runs another program in place of this one, after this turn at the earliest: see
    /// ``Server/reexec(_:onFailure:)``.
    public mutating func reexec(
        _ reexec: Reexec = Reexec(),
        onFailure: @escaping @Sendable (ReexecFailure) -> Void = { _ in }
    ) {
        guard let requests else { return onFailure(.notListening) }
        requests.askReexec(ReexecRequest(reexec: reexec, onFailure: onFailure))
    }
}

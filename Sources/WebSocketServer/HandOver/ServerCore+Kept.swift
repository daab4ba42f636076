// A server that goes on with the connections which the last process of its service has left.
import LibC
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K == LinuxKernel {
    /// A server that goes on with what a store has kept, if there is anything. What is damaged, or
    /// of another form, is closed: the server begins without it, and says so. Throws if the server
    /// cannot begin, or if the handler does not take its part: then it may have taken some of it,
    /// and another handler has to begin, without connections.
    static func goingOn(
        from store: any DescriptorStore, _ configuration: ServerConfiguration,
        _ taken: inout TakenOver?, _ recovered: inout [RecoveredConnection],
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(SystemError) -> ServerCore {
        // The listening sockets first: where that fails, the store still has everything.
        var core = try ServerCore(LinuxKernel(), configuration)
        let carriers = store.takeKept()
        guard !carriers.isEmpty else { return core }
        let kept = KeptConnections.read(from: carriers)
        store.forget()
        switch kept {
        case .nothing: return core
        case .crashed(let crashed):
            recovered = core.restore(crashed)
            return core
        case .lost(let sockets, let reason):
            core.endKept(sockets, because: reason)
            return core
        case .state(var state):
            defer { state.handOver.wipeState() }
            if let flaw = try flaw(in: state.handOver, configuration) {
                core.endKept(state.handOver.descriptors, because: flaw)
                return core
            }
            do throws(StateError) { try core.restore(state.handOver, restoreHandler) } catch {
                core.endRestored()
                core.close(keeping: configuration.passedSockets.map(\.descriptor))
                throw SystemError(
                    EBADMSG, "go on with the connections of the process before",
                    remedy: "\(error). They were closed.")
            }
            taken = TakenOver(
                connectionCount: state.handOver.descriptors.count,
                programVersion: state.programVersion, leftAt: state.leftAt)
            return core
        }
    }

    /// What is wrong with the server's own part of a state; nil if it can be restored. A server
    /// that has tried and failed is of no use, so another one tries.
    private static func flaw(
        in handOver: HandOver, _ configuration: ServerConfiguration
    ) throws(SystemError) -> String? {
        var trial = try ServerCore(LinuxKernel(), configuration.withoutSockets)
        var flaw: String?
        do throws(StateError) { _ = try trial.checkTables(of: handOver) } catch {
            flaw = error.description
        }
        trial.close()
        return flaw
    }

    private func endKept(_ sockets: [FileDescriptor], because reason: String) {
        for socket in sockets { Carrier.end(socket) }
        io.telemetry.logger.error(
            """
            Begins without the connections of the process before: \(reason). \(sockets.count) were \
            closed.
            """,
            metadata: ["event": "kept-lost", "connections": "\(sockets.count)"])
    }

    /// Ends connections whose handler is missing: WebSockets get Close 1012, so that their clients
    /// come back.
    private mutating func endRestored() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase == .webSocket && io.connections.slots[slot].isOpen {
            // Closing may wait for the socket, which is not watched yet.
            try? watchRestored(slot)
            io.close(slot, .serviceRestart, "The server has restarted.", .restarting)
            flush(slot)
        }
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase != .free
            && io.connections.slots[slot].descriptor != .none
        {
            Carrier.end(io.connections.slots[slot].descriptor)
        }
    }
}

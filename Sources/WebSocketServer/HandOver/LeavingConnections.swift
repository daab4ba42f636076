// The last process's side of a restart: its connections and their state go into a store, which
// keeps them for the next process.
//
// The sockets travel in carriers, and so does the state, in a carrier of its own, after everything
// else: the store has all of them then, so either the next process finds everything or there is no
// state and the rest means nothing. A store does not say whether it has taken something. A carrier
// says it: its other end is closed if nobody has it.
import LibC
import LinuxReactor

enum LeavingConnections {
    /// Leaves them. If this throws, nothing is left, and this process has them as before.
    static func leave(
        _ state: ProcessState, in store: any DescriptorStore, attempt: UInt64
    ) throws(SystemError) {
        let file = try StateFile.parts(state).file()
        let last = try Carrier()
        let carriers = try [last] + fill(with: state.handOver.descriptors, attempt)
        do throws(SystemError) {
            try store.keep(carriers.map(\.outerEnd))
            for carrier in carriers { carrier.closeOuterEnd() }
            guard !carriers.contains(where: { $0.isLost() }) else {
                throw SystemError(
                    ENOSPC, operation,
                    remedy: "The store has not taken them: FileDescriptorStoreMax= of the unit.")
            }
            let message = CarrierMessage(.state, of: attempt, state.handOver.descriptors.count)
            let failure = last.send(message.bytes, with: [file.descriptor])
            guard failure == 0 else { throw SystemError(failure, operation) }
        } catch {
            store.forget()
            throw error
        }
    }

    private static var operation: String { "leave the connections to the next process" }

    /// As many carriers as these sockets need.
    private static func fill(
        with sockets: [FileDescriptor], _ attempt: UInt64
    ) throws(SystemError) -> [Carrier] {
        var carriers: [Carrier] = []
        var first = 0
        while first < sockets.count {
            let end = min(first + Carrier.messageLimit, sockets.count)
            let message = CarrierMessage(.sockets, of: attempt, first).bytes
            var failure = carriers.last?.send(message, with: sockets[first..<end]) ?? EAGAIN
            if failure == EAGAIN {
                let carrier = try Carrier()
                carriers.append(carrier)
                failure = carrier.send(message, with: sockets[first..<end])
            }
            guard failure == 0 else {
                throw SystemError(
                    failure, operation,
                    remedy: failure == ETOOMANYREFS
                        ? "More descriptors are on the way than LimitNOFILE= of the unit allows."
                        : nil)
            }
            first = end
        }
        return carriers
    }
}

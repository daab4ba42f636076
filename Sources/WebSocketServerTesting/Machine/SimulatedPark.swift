// The park of the simulated machine, and what is left there when the process is killed.
import LinuxReactor
import WebSocketServer

/// Copies of sockets that outlive the process.
package final class SimulatedPark: SocketPark {
    private let network: SimulatedNetwork
    private var memory: SharedMemory?
    private var sockets: [UInt32: ParkedSocket] = [:]
    /// Copies of connections that have ended.
    private var ended: [ParkedSocket] = []
    /// How many find a place.
    package var limit = Int.max
    /// Slots whose copies are lost at the next tick.
    package var losing: [UInt32] = []

    package init(_ network: SimulatedNetwork) { self.network = network }

    package func begin(with memory: SharedMemory) throws(SystemError) { self.memory = memory }

    package func park(_ sockets: ArraySlice<ParkedSocket>) -> Int {
        let count = min(sockets.count, limit - self.sockets.count)
        for socket in sockets.prefix(count) {
            self.sockets[socket.slot] = socket
            network.duplicate(socket.descriptor.rawValue)
        }
        return count
    }

    package func ended(slot: UInt32) {
        if let socket = sockets.removeValue(forKey: slot) { ended.append(socket) }
    }

    package func tidy() -> [UInt32] {
        for socket in ended { network.closeDuplicate(socket.descriptor.rawValue) }
        ended = []
        defer { losing = [] }
        for slot in losing {
            guard let socket = sockets.removeValue(forKey: slot) else { continue }
            network.closeDuplicate(socket.descriptor.rawValue)
        }
        return losing
    }

    package func close(waitingFor limit: Duration) {
        for socket in Array(sockets.values) + ended {
            network.closeDuplicate(socket.descriptor.rawValue)
        }
        (sockets, ended, memory) = ([:], [], nil)
    }

    /// What the next process finds.
    package struct Left {
        package let memory: SharedMemory
        package let sockets: [ParkedSocket]
    }

    /// What is there now: a copy of the memory, since a killed process may go on writing for a
    /// while in the simulation.
    package func left() throws -> Left? {
        guard let memory else { return nil }
        let copy = try SharedMemory(byteCount: memory.byteCount)
        copy.write(memory.bytes(0..<memory.byteCount), at: 0)
        return Left(memory: copy, sockets: sockets.values.sorted { $0.slot < $1.slot } + ended)
    }
}

extension Simulation where Handler: ~Copyable {
    /// Lets connections survive a crash.
    package mutating func beginParking(in park: SimulatedPark) { core.beginParking(in: park) }

    /// The process is gone, and this was left: another one begins with another handler.
    package mutating func recover(_ left: SimulatedPark.Left, _ next: consuming Handler) throws {
        let parked = Set(left.sockets.map(\.descriptor.rawValue))
        network.life = SimulatedLife()
        network.unwatchAll()
        network.listenAddresses = []
        network.duplicates = [:]
        network.closedEarly = []
        for socket in network.openDescriptors where !parked.contains(socket) {
            network.abandon(socket)
        }
        network.openDescriptors.formUnion(parked)
        var core = try ServerCore(
            SimulatedKernel(network: network), configuration,
            wake: UncheckedNetwork(network: network).wake)
        core.handsRequestsOver(Handler._isHandedOver)
        core.checksInvariants = self.core.checksInvariants
        let recovered = core.restore(left.memory, left.sockets)
        self.core = core
        handler = next
        start()
        self.core.restore(recovered) { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
    }
}

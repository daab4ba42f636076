// One budget for all memory that peers can make the server hold: when it is used up, whoever holds
// most of it is closed first.
import LinuxReactor
import Logging
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Compares the memory held with the budget (``Limits/memoryByteCount``), and goes on with the
    /// search for those who hold the most, if there is too little left.
    mutating func watchMemory() {
        memory.byteCount =
            kernel.bufferByteCount() + io.applicationByteCount + io.encryption.libraryByteCount
        io.telemetry.memoryByteCount = memory.byteCount
        if memory.byteCount <= io.settings.memoryLimit, !memory.isSearching { return }
        guard io.clock.now >= memory.restsUntil else { return }
        memory.isSearching = true
        let end = io.meter.spent + io.settings.limits.workPerTurn / 4
        while memory.nextSlot < io.connections.slots.endIndex, io.meter.spent < end {
            let slot = Slot(memory.nextSlot)
            memory.nextSlot += 1
            io.meter.spend(MemoryWatch.workOfSlot)
            guard io.connections.slots[slot].phase != .free,
                io.connections.slots[slot].phase != .terminated,
                !io.connections.slots[slot].listener.isInternal
            else { continue }
            if io.connections.slots[slot].delivery.isBlocked {
                io.meter.spend(MemoryWatch.workOfBacklog)
            }
            memory.add(io.connections.id(of: slot), pinnedByteCount(slot))
        }
        if memory.nextSlot >= io.connections.slots.endIndex { endSearch() }
    }

    /// What would be free without this connection: its own buffers, and what its topics keep for it
    /// while its socket is full.
    func pinnedByteCount(_ slot: Slot) -> Int {
        var count =
            io.connections.slots[slot].delivery.outbox.bytes.capacity
            + io.connections.slots[slot].pendingInput.capacity
            + io.connections.slots[slot].assembly.capacity
        if io.connections.slots[slot].isEncrypted {
            count += io.encryption.connections[io.connections.slots[slot].encryption].byteCount
        }
        if io.connections.slots[slot].delivery.isBlocked {
            count += io.topics.backlogByteCount(io.connections.slots[slot].delivery)
        }
        if !io.connections.slots[slot].flags.contains(.client),
            io.connections.slots[slot].phase != .webSocket,
            io.connections.slots[slot].exchange != .none
        {
            let exchange = io.connections.slots[slot].exchange
            count += io.http.exchanges[exchange].body.capacity
            count += io.http.exchanges[exchange].upgrade?.byteCount ?? 0
        }
        return count
    }

    /// Closes the largest holders until an eighth of the budget is free again. That is an estimate:
    /// what a topic keeps for several subscribers is free only when the last of them has gone.
    private mutating func endSearch() {
        var found: [(id: ConnectionID, byteCount: Int)] = []
        swap(&found, &memory.found)
        memory.isSearching = false
        memory.nextSlot = 0
        var excess = memory.byteCount - io.settings.memoryLimit / 8 * 7
        var closedCount = 0
        for (id, byteCount) in found where excess > 0 {
            guard let slot = io.connections.slot(of: id) else { continue }
            excess -= byteCount
            closedCount += 1
            io.closeForMemory(slot)
        }
        if closedCount == 0 { memory.restsUntil = io.clock.now + .seconds(1) }
        guard io.clock.now >= memory.nextReport else { return }
        memory.nextReport = io.clock.now + .seconds(60)
        let (used, limit) = (memory.byteCount >> 20, io.settings.memoryLimit >> 20)
        let message: Logger.Message =
            """
            Memory is short: \(used) MiB of \(limit) are held. The connections that hold the most \
            are closed. Give the server more (--memory), or find out who reads too slowly.
            """
        io.telemetry.logger.warning(message, metadata: ["event": "memory-short"])
    }
}

extension ServerContext {
    /// Closes a connection that holds the most memory: with a Close frame if its socket takes it.
    fileprivate mutating func closeForMemory(_ slot: Slot) {
        guard connections.slots[slot].isOpen, !connections.slots[slot].delivery.isBlocked else {
            return terminate(slot, .memoryShort, reset: true)
        }
        close(
            slot, .tryAgainLater, "The server is short of memory: reconnect later.", .memoryShort)
    }
}

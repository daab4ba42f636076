// When a chat can be handed over to another program: nothing is on its way to its store, or back.

extension Chat {
    /// Whether nothing is on its way between the chat and its store, so that ``save(at:)`` has
    /// everything. `hashing` are the connections whose passwords are being hashed or compared: what
    /// these wait for is not saved. Nor is what connections still miss after a crash: they catch up
    /// first, or are given up.
    public func isAtRest(hashing: Set<ConnectionKey> = []) -> Bool {
        guard !hasStore || storeState == .works else { return false }
        return !hasWorkForStore && shared.isAtRest && pendingByteCount == 0 && asked.isEmpty
            && readRooms.isEmpty
            && unreadRooms.isEmpty && heldRequests.isEmpty && catchingUp.isEmpty
            && waits.allSatisfy { slot, wait in
                hashing.contains(ConnectionKey(slot: slot, generation: wait.generation))
            }
    }
}

// How an encrypted connection is written to a hand-over: our record layer is plain data, and what
// libssl keeps is not.
import LinuxReactor
import Storage
import WebSocketTLS

extension ServerContext {
    /// Writes the process's random keys of session tickets, so that clients resume their sessions
    /// with the next program, too. They are the process's and not this server's: they are written
    /// whether its TLS uses them or those of a file, which both programs read.
    func saveTicketKeys(to writer: inout StateWriter) { TicketKeys.ofProcess.save(to: &writer) }

    func restoreTicketKeys(from reader: inout StateReader) throws(StateError) {
        try TicketKeys.ofProcess.restore(from: &reader)
    }

    /// Whether the next process can go on with this connection.
    func canBeHandedOver(_ slot: Slot) -> Bool {
        guard connections.slots[slot].canBeHandedOver else { return false }
        let index = connections.slots[slot].encryption
        return index == .none || encryption.connections[index].canBeHandedOver
    }

    func saveEncryption(of slot: Slot, to writer: inout StateWriter) {
        let index = connections.slots[slot].encryption
        writer.write(index != .none)
        guard index != .none else { return }
        writer.write(encryption.connections[index].session.hasBegun)
        guard encryption.connections[index].session.hasBegun else { return }
        encryption.connections[index].session.save(to: &writer)
        writer.write(encryption.connections[index].unsent.span)
    }

    /// Reads what ``saveEncryption(of:to:)`` wrote.
    mutating func restoreEncryption(
        from reader: inout StateReader
    ) throws(StateError) -> TableIndex<EncryptedConnection> {
        guard try reader.readBool() else { return .none }
        let index = encryption.add()
        guard try reader.readBool() else {
            encryption.connections[index].session = TLSSession()
            return index
        }
        encryption.connections[index].session = try TLSSession(restoring: &reader)
        let unsent = try reader.readBytes()
        if !unsent.isEmpty { encryption.connections[index].unsent.append(unsent.span) }
        return index
    }
}

extension EncryptedConnection {
    /// Before the first byte, or once our record layer has it.
    fileprivate var canBeHandedOver: Bool { !session.hasBegun || session.canBeSaved }
}

extension ServerCore where K: ~Copyable {
    /// Closes the WebSockets that cannot be handed over: libssl keeps them, as with TLS 1.2. They
    /// get Close 1012, and come back. Call it once before ``save(_:)``, and ask ``owesEnds`` then.
    package mutating func closeWhatCannotBeHandedOver() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase == .webSocket && !io.canBeHandedOver(slot) {
            if io.connections.slots[slot].isOpen {
                io.close(slot, .serviceRestart, "The server is restarting.", .restarting)
                flush(slot)
            }
            io.terminate(slot, .restarting, reset: false)
        }
    }
}

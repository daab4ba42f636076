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
        guard connections.slots[slot].canBeHandedOver(carriesRequests: http.carriesRequests) else {
            return false
        }
        let index = connections.slots[slot].encryption
        return index == .none || encryption.connections[index].canBeHandedOver
    }

    func saveEncryption(_ index: TableIndex<EncryptedConnection>, to writer: inout StateWriter) {
        let record = writer.beginRecord()
        writer.write(encryption.connections[index].session.hasBegun)
        if encryption.connections[index].session.hasBegun {
            writer.writeRecord { encryption.connections[index].session.save(to: &$0) }
            writer.write(encryption.connections[index].unsent.span)
        }
        writer.endRecord(record)
    }

    /// Reads what ``saveEncryption(_:to:)`` wrote.
    mutating func restoreEncryption(
        from reader: inout StateReader
    ) throws(StateError) -> TableIndex<EncryptedConnection> {
        let outerEnd = try reader.enterRecord()
        let index = encryption.add()
        if try reader.readBool() {
            encryption.connections[index].session = try reader.readRecord {
                reader throws(StateError) in try TLSSession(restoring: &reader)
            }
            let unsent = try reader.readBytes()
            if !unsent.isEmpty { encryption.connections[index].unsent.append(unsent.span) }
        } else {
            encryption.connections[index].session = TLSSession()
        }
        try reader.leaveRecord(outerEnd)
        return index
    }
}

extension EncryptedConnection {
    /// Before the first byte, or once our record layer has it.
    fileprivate var canBeHandedOver: Bool { !session.hasBegun || session.canBeSaved }
}

// The record layer written down for another process, and restored there.

import Storage

extension RecordLayer {
    /// Writes the state, with the secrets: with these bytes the connection can be read. Keys and
    /// IVs are not written, but derived anew. Nothing may be sealed with this layer afterwards,
    /// since the restored one goes on with the same record numbers.
    package func save(to writer: inout StateWriter) {
        writer.write(suite.rawValue)
        writer.write(role.rawValue)
        Self.save(sending, suite, to: &writer)
        Self.save(receiving, suite, to: &writer)
        for byte in handshake.header.indices { writer.write(handshake.header[byte]) }
        writer.write(handshake.headerCount)
        writer.write(handshake.missingCount)
        writer.write(emptyRecordCount)
        writer.write(keyUpdateDebt)
        writer.write(hasAskedForKey)
        writer.write(hasEndedSending)
        switch end {
        case nil: Self.save(end: 0, 0, to: &writer)
        case .closed: Self.save(end: 1, 0, to: &writer)
        case .alert(let number): Self.save(end: 2, number, to: &writer)
        case .fault(let fault): Self.save(end: 3, fault.rawValue, to: &writer)
        }
    }

    /// Reads what `save(to:)` wrote; throws for anything that it cannot have written.
    package init(restoring reader: inout StateReader) throws(StateError) {
        let suiteNumber = try reader.read(UInt8.self)
        guard let suite = CipherSuite(rawValue: suiteNumber) else {
            throw StateError("\(suiteNumber) is no cipher suite")
        }
        let roleNumber = try reader.read(UInt8.self)
        guard let role = Role(rawValue: roleNumber) else {
            throw StateError("\(roleNumber) is no role in TLS")
        }
        self.suite = suite
        self.role = role
        sending = try Self.restoreKeys(suite, from: &reader)
        receiving = try Self.restoreKeys(suite, from: &reader)
        for index in handshake.header.indices { handshake.header[index] = try reader.read() }
        handshake.headerCount = try reader.read()
        handshake.missingCount = try reader.read()
        guard handshake.isConsistent(takesTickets: role == .client) else {
            throw StateError("a handshake message is in an impossible state")
        }
        emptyRecordCount = try reader.read()
        guard Int(emptyRecordCount) <= Self.emptyRecordLimit else {
            throw StateError("\(emptyRecordCount) records were empty")
        }
        keyUpdateDebt = try reader.read()
        guard Int(keyUpdateDebt) <= 2 * Self.keyUpdateLimit else {
            throw StateError("\(keyUpdateDebt) halves of KeyUpdates have come")
        }
        hasAskedForKey = try reader.readBool()
        hasEndedSending = try reader.readBool()
        let kind = try reader.read(UInt8.self)
        let number = try reader.read(UInt8.self)
        switch (kind, RecordFault(rawValue: number)) {
        case (0, _): end = nil
        case (1, _): end = .closed
        case (2, _): end = .alert(number)
        case (3, let fault?): end = .fault(fault)
        default: throw StateError("\(kind) and \(number) are no end of a TLS connection")
        }
    }

    private static func save(end kind: UInt8, _ number: UInt8, to writer: inout StateWriter) {
        writer.write(kind)
        writer.write(number)
    }

    private static func save(
        _ keys: TrafficKeys, _ suite: CipherSuite, to writer: inout StateWriter
    ) {
        writer.write(keys.recordCount)
        let secret = keys.secret
        for index in 0..<suite.secretByteCount { writer.write(secret[index]) }
    }

    private static func restoreKeys(
        _ suite: CipherSuite, from reader: inout StateReader
    ) throws(StateError) -> TrafficKeys {
        let recordCount = try reader.read(UInt64.self)
        let range = try reader.readRange(byteCount: suite.secretByteCount)
        let secret = reader.bytes[range]
        return TrafficKeys(secret: secret.span, suite: suite, recordCount: recordCount)
    }
}

extension PostHandshakeReader {
    /// Whether reading can have led to this state; `takesTickets` is for a client.
    func isConsistent(takesTickets: Bool) -> Bool {
        switch headerCount {
        case 0...3: true
        case 4 where header[0] == Self.keyUpdate: missingCount == 1
        case 4 where header[0] == Self.newSessionTicket && takesTickets:
            (1...UInt32(Self.ticketByteCounts.upperBound)).contains(missingCount)
        default: false
        }
    }
}

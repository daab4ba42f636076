// One connection of a hand-over: how it is written, and how it is checked when it is read.
//
// Most connections of a full server are at rest, so what is rare is written only where there is
// any: a million connections are to be written and read in the time of a pause.
import LinuxReactor
import Storage
import WebSocketCore

/// What is written of a connection behind what all have, in the order of the bits.
private struct SavedParts: OptionSet {
    let rawValue: UInt16
    static let decoder = SavedParts(rawValue: 1)
    static let pendingInput = SavedParts(rawValue: 2)
    static let assembly = SavedParts(rawValue: 4)
    static let output = SavedParts(rawValue: 8)
    static let cause = SavedParts(rawValue: 16)
    static let compression = SavedParts(rawValue: 32)
    static let encryption = SavedParts(rawValue: 64)
    static let exchange = SavedParts(rawValue: 128)
}

extension Connection {
    /// Whether the next process can go on with it, as far as it is not for its TLS to say:
    /// `carriesRequests` says whether it gets what the handler knows of requests.
    func canBeHandedOver(carriesRequests: Bool) -> Bool {
        guard refusal == nil || phase == .webSocket else { return false }
        return switch phase {
        case .webSocket: !listener.isInternal
        case .head: !listener.isInternal && !flags.contains(.awaitsProxyHeader)
        // The handler does not know it yet, or not any more.
        case .body, .draining, .lingering: true
        case .responding, .deciding, .streaming: carriesRequests
        case .free, .terminated, .connecting, .awaitingAnswer: false
        }
    }

    /// The flags that describe the connection, and not the work of the current turn.
    private static var savedFlags: Flags {
        [
            .announced, .admitted, .webSocket, .pinged, .paced, .proxied, .client, .attempting,
        ]
    }

    private var savedParts: SavedParts {
        var parts: SavedParts = []
        if !decoder.isBetweenMessages { parts.insert(.decoder) }
        if !pendingInput.isEmpty { parts.insert(.pendingInput) }
        if !assembly.isEmpty { parts.insert(.assembly) }
        if !delivery.outbox.isEmpty || ownOutputByteCount > 0 { parts.insert(.output) }
        if cause != nil || sendFailure != 0 { parts.insert(.cause) }
        if compression != .none { parts.insert(.compression) }
        if encryption != .none { parts.insert(.encryption) }
        switch phase {
        case .head, .body, .responding, .deciding:
            if exchange != .none { parts.insert(.exchange) }
        default: break
        }
        return parts
    }

    /// The numbers that all connections have, with the slot before them.
    fileprivate static var fieldByteCount: Int { 39 }

    /// Writes what all connections have, and returns which other parts there are.
    fileprivate func saveRest(of slot: Slot, to writer: inout StateWriter) -> SavedParts {
        let parts = savedParts
        writer.writeFields(Self.fieldByteCount) { fields in
            fields.write(slot.rawValue)
            fields.write(phase.rawValue)
            fields.write(session.rawValue)
            fields.write(flags.intersection(Self.savedFlags).rawValue)
            fields.write(readPauses.intersection(.ofHandler).rawValue)
            fields.write(listener.rawValue)
            fields.write(resourceID)
            fields.write(peer.family.rawValue)
            fields.write(peer.high)
            fields.write(peer.low)
            fields.write(peer.port)
            fields.write(parts.rawValue)
        }
        if parts.isEmpty { return parts }
        if parts.contains(.decoder) { decoder.save(to: &writer) }
        if parts.contains(.pendingInput) { writer.write(pendingInput.span) }
        if parts.contains(.assembly) { writer.write(assembly.span) }
        if parts.contains(.output) { saveOutput(to: &writer) }
        if parts.contains(.cause) {
            writer.write(cause != nil)
            cause?.save(to: &writer)
            writer.write(sendFailure)
        }
        return parts
    }

    private func saveOutput(to writer: inout StateWriter) {
        writer.write(Int64(ownOutputByteCount))
        writer.write(delivery.outbox.bytes.span)
        let markers = delivery.outbox.markerPositions
        writer.write(UInt32(markers.count))
        for (byteCount, marker) in markers {
            writer.write(UInt64(byteCount))
            writer.write(marker.source.rawValue)
            writer.write(marker.end)
        }
    }

    /// Reads what ``saveRest(of:to:)`` wrote, `fields` behind the slot.
    fileprivate mutating func restoreRest(
        _ fields: consuming StateFields, from reader: inout StateReader
    ) throws(StateError) -> SavedParts {
        guard let phase = ConnectionPhase(rawValue: reader.next(&fields)),
            let session = SessionState(rawValue: reader.next(&fields))
        else { throw StateError("a connection is in no phase") }
        restore(phase, session)
        flags = Flags(rawValue: reader.next(&fields)).intersection(Self.savedFlags)
        readPauses = ReadPauses(rawValue: reader.next(&fields)).intersection(.ofHandler)
        guard let listener = ListenerKind(rawValue: reader.next(&fields)) else {
            throw StateError("a connection has no kind of listener")
        }
        self.listener = listener
        resourceID = reader.next(&fields)
        let family = NetworkAddress.Family(rawValue: reader.next(&fields)) ?? .unknown
        peer = NetworkAddress(
            family: family, high: reader.next(&fields), low: reader.next(&fields),
            port: reader.next(&fields))
        // Those of a later version stand behind the subscriptions.
        let parts = SavedParts(rawValue: reader.next(&fields))
        if parts.isEmpty { return parts }
        if parts.contains(.decoder) { decoder = try MessageDecoder(from: &reader) }
        // Not in one line each: that crashes the compiler of Swift 6.3.
        if parts.contains(.pendingInput) {
            let bytes = try reader.readBytes()
            pendingInput.append(bytes.span)
        }
        if parts.contains(.assembly) {
            let bytes = try reader.readBytes()
            assembly.append(bytes.span)
        }
        if parts.contains(.output) { try restoreOutput(from: &reader) }
        if parts.contains(.cause) {
            cause = try reader.readBool() ? try CloseCause(from: &reader) : nil
            sendFailure = try reader.read()
        }
        return parts
    }

    private mutating func restoreOutput(from reader: inout StateReader) throws(StateError) {
        ownOutputByteCount = try reader.readCount()
        let output = try reader.readBytes()
        var written = 0
        for _ in 0..<(try reader.read(UInt32.self)) {
            guard let byteCount = Int(exactly: try reader.read(UInt64.self)),
                byteCount >= written, byteCount <= output.count
            else { throw StateError("an outbox is damaged") }
            let source = VariantIndex(rawValue: try reader.read())
            let before = output.piece(written..<byteCount)
            delivery.outbox.bytes.append(before.span)
            let end: UInt64 = try reader.read()
            delivery.outbox.appendMarker(source: source, end: end)
            written = byteCount
        }
        let rest = output.piece(written..<output.count)
        delivery.outbox.bytes.append(rest.span)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes at these distances from the first one.
    fileprivate func piece(_ range: Range<Int>) -> ArraySlice<UInt8> {
        dropFirst(range.lowerBound).prefix(range.count)
    }
}

extension ServerContext {
    /// Writes a connection, its slot first.
    func saveConnection(_ slot: Slot, to writer: inout StateWriter) {
        let parts = connections.slots[slot].saveRest(of: slot, to: &writer)
        if parts.contains(.compression) {
            saveCompression(connections.slots[slot].compression, to: &writer)
        }
        if parts.contains(.encryption) {
            saveEncryption(connections.slots[slot].encryption, to: &writer)
        }
        if parts.contains(.exchange) {
            saveExchange(connections.slots[slot].exchange, to: &writer)
        }
    }

    /// Reads what ``saveConnection(_:to:)`` wrote, and gives it its slot, which must be behind
    /// those of before, and below `bound`.
    mutating func restoreConnection(
        _ descriptor: FileDescriptor, below bound: UInt32, from reader: inout StateReader
    ) throws(StateError) -> Slot {
        var fields = try reader.readFields(Connection.fieldByteCount)
        let slot = Slot(rawValue: reader.next(&fields))
        guard slot.rawValue < bound, Int(slot.rawValue) >= connections.slots.endIndex else {
            throw StateError("slot \(slot) cannot be taken")
        }
        connections.slots.extendLayout(to: Int(slot.rawValue) + 1) { Connection() }
        connections.slots[slot].descriptor = descriptor
        let parts = try connections.slots[slot].restoreRest(fields, from: &reader)
        switch connections.slots[slot].phase {
        case .webSocket, .head, .body, .draining, .lingering: break
        case .responding, .deciding: connections.slots[slot].readPauses.insert(.responding)
        case .streaming:
            connections.slots[slot].readPauses.insert(.responding)
            connections.slots[slot].encoding = .eventStream
        case .free, .terminated, .connecting, .awaitingAnswer:
            throw StateError("a connection is in a phase that ends with its process")
        }
        if parts.contains(.compression) { try restoreCompression(of: slot, from: &reader) }
        if parts.contains(.encryption) {
            connections.slots[slot].encryption = try restoreEncryption(from: &reader)
        }
        if parts.contains(.exchange) { try restoreExchange(of: slot, from: &reader) }
        if parts.contains(.output) {
            let unsentByteCount = encryption.unsentByteCount(connections.slots[slot].encryption)
            connections.slots[slot].ownOutputByteCount = min(
                connections.slots[slot].ownOutputByteCount,
                connections.slots[slot].delivery.outbox.bytes.count + unsentByteCount)
        }
        return slot
    }
}

extension CloseCause {
    /// The number of the cause, and the one value that some causes carry.
    package func save(to writer: inout StateWriter) {
        writer.write(UInt8(row.index))
        if case .slowConsumer(let code) = self {
            writer.write(Int32(code.rawValue))
        } else {
            writer.write(row.detail.number)
        }
    }

    package init(from reader: inout StateReader) throws(StateError) {
        let index = try reader.read(UInt8.self)
        let number = try reader.read(Int32.self)
        guard let cause = CloseCause(index: index, number: number) else {
            throw StateError("\(index) with \(number) is no cause")
        }
        self = cause
    }
}

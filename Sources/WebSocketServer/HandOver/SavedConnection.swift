// One connection of a hand-over: how it is written, and how it is checked when it is read.
import LinuxReactor
import Storage
import WebSocketCore

struct SavedSubscription {
    let variant: VariantIndex
    let topic: Topic
    let markedEnd: UInt64
    let cursor: UInt64

    init(from reader: inout StateReader) throws(StateError) {
        variant = VariantIndex(rawValue: try reader.read())
        topic = try Topic(from: &reader)
        markedEnd = try reader.read()
        cursor = try reader.read()
    }
}

extension Connection {
    /// Whether it is a WebSocket, or an HTTP connection between two requests.
    var canBeHandedOver: Bool {
        guard !listener.isInternal else { return false }
        switch phase {
        case .webSocket: return true
        case .head:
            return !flags.contains(.awaitsProxyHeader) && refusal == nil
        case .free, .body, .responding, .streaming, .draining, .lingering, .terminated,
            .connecting, .awaitingAnswer, .deciding:
            return false
        }
    }

    /// The flags that describe the connection, and not the work of the current turn.
    static var savedFlags: Flags { [.announced, .admitted, .pinged, .paced, .proxied, .client] }

    func save(to writer: inout StateWriter) {
        writer.write(phase.rawValue)
        writer.write(session.rawValue)
        writer.write(flags.intersection(Self.savedFlags).rawValue)
        writer.write(readPauses.intersection(.ofHandler).rawValue)
        writer.write(resourceID)
        writer.write(peer.family.rawValue)
        writer.write(peer.high)
        writer.write(peer.low)
        writer.write(peer.port)
        writer.write(Int64(ownOutputByteCount))
        for number in decoder.state { writer.write(number) }
        writer.write(pendingInput.span)
        writer.write(assembly.span)
        writer.write(delivery.outbox.bytes.span)
        let markers = delivery.outbox.markerPositions
        writer.write(UInt32(markers.count))
        for (byteCount, marker) in markers {
            writer.write(UInt64(byteCount))
            writer.write(marker.source.rawValue)
            writer.write(marker.end)
        }
        writer.write(cause != nil)
        cause?.save(to: &writer)
        writer.write(sendFailure)
    }
}

/// A connection as it was written; everything is checked before it is used.
struct SavedConnection {
    let descriptor: FileDescriptor
    let phase: ConnectionPhase
    let session: SessionState
    let flags: Connection.Flags
    let readPauses: Connection.ReadPauses
    let resourceID: UInt64
    let peer: NetworkAddress
    let ownOutputByteCount: Int
    let decoder: MessageDecoder
    let pendingInput: ArraySlice<UInt8>
    let assembly: ArraySlice<UInt8>
    let output: ArraySlice<UInt8>
    var markers: [(byteCount: Int, source: VariantIndex, end: UInt64)] = []
    let cause: CloseCause?
    let sendFailure: UInt16
    let compression: SavedCompression?
    /// Its TLS, which has been restored already.
    let encryption: TableIndex<EncryptedConnection>
    var subscriptions: [SavedSubscription] = []

    init(
        from reader: inout StateReader, _ descriptor: FileDescriptor,
        restoreEncryption: (inout StateReader) throws(StateError) -> TableIndex<EncryptedConnection>
    ) throws(StateError) {
        self.descriptor = descriptor
        guard let phase = ConnectionPhase(rawValue: try reader.read()),
            phase == .webSocket || phase == .head,
            let session = SessionState(rawValue: try reader.read())
        else { throw StateError("a connection is in no phase") }
        self.phase = phase
        self.session = session
        flags = Connection.Flags(rawValue: try reader.read())
            .intersection(Connection.savedFlags)
        readPauses = Connection.ReadPauses(rawValue: try reader.read())
            .intersection(.ofHandler)
        resourceID = try reader.read()
        let family = NetworkAddress.Family(rawValue: try reader.read()) ?? .unknown
        peer = NetworkAddress(
            family: family, high: try reader.read(), low: try reader.read(),
            port: try reader.read())
        ownOutputByteCount = try reader.readCount()
        var numbers: [UInt64] = []
        for _ in 0..<MessageDecoder.stateCount { numbers.append(try reader.read()) }
        guard let decoder = MessageDecoder(state: numbers) else {
            throw StateError("a connection's decoder is damaged")
        }
        self.decoder = decoder
        pendingInput = try reader.readBytes()
        assembly = try reader.readBytes()
        output = try reader.readBytes()
        for _ in 0..<(try reader.read(UInt32.self)) {
            let byteCount = try reader.read(UInt64.self)
            guard byteCount <= output.count else { throw StateError("an outbox is damaged") }
            let source = VariantIndex(rawValue: try reader.read())
            markers.append((Int(byteCount), source, try reader.read()))
        }
        cause = try reader.readBool() ? try CloseCause(from: &reader) : nil
        sendFailure = try reader.read()
        compression = try reader.readBool() ? try SavedCompression(from: &reader) : nil
        encryption = try restoreEncryption(&reader)
        for _ in 0..<(try reader.read(UInt32.self)) {
            subscriptions.append(try SavedSubscription(from: &reader))
        }
    }

    func apply(to connection: inout Connection) throws(StateError) {
        connection.descriptor = descriptor
        connection.restore(phase, session)
        connection.flags = flags
        connection.readPauses = readPauses
        connection.resourceID = resourceID
        connection.peer = peer
        connection.decoder = decoder
        connection.encryption = encryption
        if encryption != .none, !flags.contains(.client) { connection.listener = .tls }
        connection.cause = cause
        connection.sendFailure = sendFailure
        if !pendingInput.isEmpty { connection.pendingInput.append(pendingInput.span) }
        if !assembly.isEmpty { connection.assembly.append(assembly.span) }
        var written = 0
        for marker in markers {
            guard marker.byteCount >= written, marker.byteCount <= output.count else {
                throw StateError("an outbox is damaged")
            }
            connection.delivery.outbox.bytes.append(piece(written..<marker.byteCount).span)
            connection.delivery.outbox.appendMarker(source: marker.source, end: marker.end)
            written = marker.byteCount
        }
        if written < output.count {
            connection.delivery.outbox.bytes.append(piece(written..<output.count).span)
        }
    }

    private func piece(_ range: Range<Int>) -> ArraySlice<UInt8> {
        output.dropFirst(range.lowerBound).prefix(range.count)
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

// What one process hands to the next: descriptors, and the state that belongs to them.
import LinuxReactor
import Storage
import Synchronization

/// A server's connections and topics as plain data. The process that takes them over continues
/// where this one stopped, in the middle of a frame if need be; the peers notice nothing.
package struct HandOver: Sendable {
    /// Where the state is, since to copy megabytes would be part of the pause: in a file that was
    /// read, or where it was written.
    private var bytes: [UInt8] = []
    private var range = 0..<0
    private var written: WrittenState?
    /// The connections' sockets, in the order of the connections in `state`. The receiving process
    /// may have other numbers for them.
    package var descriptors: [FileDescriptor]

    package init(state: [UInt8], descriptors: [FileDescriptor]) {
        self.init(bytes: state, range: state.indices, descriptors: descriptors)
    }

    init(bytes: [UInt8], range: Range<Int>, descriptors: [FileDescriptor]) {
        (self.bytes, self.range, self.descriptors) = (bytes, range, descriptors)
    }

    fileprivate init(_ writer: consuming StateWriter, _ descriptors: [FileDescriptor]) {
        (written, self.descriptors) = (WrittenState(writer), descriptors)
    }

    /// The state: a copy, if it was not read from a file.
    package var state: ArraySlice<UInt8> {
        written.map { $0.withBytes { [UInt8](copying: $0)[...] } } ?? bytes[range]
    }

    /// How long the state is.
    package var byteCount: Int { withState { $0.count } }

    /// Lends the state.
    func withState<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let written else { return try body(bytes.span.extracting(range)) }
        return try written.withBytes(body)
    }

    func reader(_ form: HandOverForm) -> StateReader {
        guard written == nil else { return StateReader(Array(state), surplus: form.surplus) }
        return StateReader(bytes, in: range, surplus: form.surplus)
    }

    /// Overwrites the state, in which the secrets of TLS connections are.
    mutating func wipeState() {
        written?.overwrite()
        bytes.wipe()
        range = 0..<0
    }
}

/// A state where its writer has written it.
private final class WrittenState: Sendable {
    private let bytes: Mutex<ByteBuffer>

    init(_ writer: consuming StateWriter) { bytes = Mutex(writer.takeBytes()) }

    func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withLock { bytes throws(Failure) in try body(bytes.span) }
    }

    func overwrite() { bytes.withLock { $0.wipe() } }
}

extension ServerCore where K: ~Copyable {
    /// Whether a connection has ended and the handler has not heard of it yet, since the turn had
    /// no work left for that. Take another turn before ``save(_:)``: the next process would not
    /// know.
    package var owesEnds: Bool {
        // A WebSocket whose end is known takes its cause along.
        io.connections.work.reaping.contains {
            io.connections.slots[$0].phase != .webSocket || !io.canBeHandedOver($0)
        }
    }

    /// Writes the whole state. Once another process has restored it, this server must not be used
    /// any more: its sockets belong to that process.
    ///
    /// WebSocket connections are handed over, and HTTP connections at any point of a request or of
    /// a response. If the handler hands its state over, too, requests that it has not answered yet
    /// go on, event streams, and handshakes about which it has not decided; otherwise these end
    /// with this process, and the next one calls `onClose` about the handshakes, with
    /// ``CloseCause/restarting``. An outgoing connection ends before it is open: the next process
    /// tells the handler that it failed, with ECANCELED. Timers are handed over, and tasks are not,
    /// being code: a connection that waits for one is closed by the next process. The connection to
    /// Redis is not handed over, nor what it subscribes to: requests that are not answered by then
    /// never will be, and the next process connects again.
    package func save(
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) -> HandOver {
        var writer = StateWriter(surplus: handOverForm.surplus)
        handOverForm.saveHead(to: &writer)
        let descriptors = saveTables(to: &writer)
        saveHandler(&writer, io)
        return HandOver(writer, descriptors)
    }

    private func saveTables(to writer: inout StateWriter) -> [FileDescriptor] {
        let tables = writer.beginRecord()
        writer.writeRecord { io.saveTicketKeys(to: &$0) }
        writer.writeRecord { io.saveTopics(to: &$0) }
        let connections = writer.beginRecord()
        let descriptors = io.saveConnections(to: &writer)
        writer.endRecord(connections)
        writer.writeRecord { io.saveTimers(to: &$0) }
        writer.endRecord(tables)
        return descriptors
    }

    /// Takes over the state of another server, before the first turn. If this throws, the server
    /// must not be used.
    package mutating func restore(
        _ handOver: HandOver,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(StateError) {
        var reader = handOver.reader(handOverForm)
        _ = try handOverForm.restoreHead(from: &reader)
        let slots = try restoreTables(from: &reader, handOver.descriptors)
        try restoreHandler(&reader, &io)
        try Self.expectEnd(reader)
        for slot in slots { try takeUp(slot) }
        // The handler may have asked for it in the last turn.
        io.wantsWork = true
    }

    /// Throws if this server, which has no connections, could not ``restore(_:_:)`` the state. It
    /// touches no descriptor: its tables are built and written again, which has to be the same. The
    /// server must not be used afterwards.
    package mutating func check(
        _ handOver: HandOver,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(StateError) {
        var reader = try checkTables(of: handOver)
        try restoreHandler(&reader, &io)
        try Self.expectEnd(reader)
    }

    /// The same without the handler's part, before which the returned reader stands.
    package mutating func checkTables(of handOver: HandOver) throws(StateError) -> StateReader {
        var reader = handOver.reader(handOverForm)
        let version = try handOverForm.restoreHead(from: &reader)
        let start = reader.place
        _ = try restoreTables(from: &reader, handOver.descriptors)
        var again = StateWriter(surplus: handOverForm.surplus)
        let descriptors = saveTables(to: &again)
        var written = again.takeBytes()
        defer { written.wipe() }
        // Another version writes other fields.
        guard descriptors == handOver.descriptors,
            version != handOverForm.version
                || reader.hasRead(written.span, from: start)
        else { throw StateError("what was read is not what was written") }
        return reader
    }

    private mutating func restoreTables(
        from reader: inout StateReader, _ descriptors: [FileDescriptor]
    ) throws(StateError) -> [Slot] {
        let tables = try reader.enterRecord()
        try reader.readRecord { reader throws(StateError) in
            try io.restoreTicketKeys(from: &reader)
        }
        try reader.readRecord { reader throws(StateError) in try io.restoreTopics(from: &reader) }
        // What is restored can be written again, whatever handler there will be.
        io.http.carriesRequests = true
        let connections = try reader.enterRecord()
        let slots = try io.restoreConnections(from: &reader, descriptors)
        try reader.leaveRecord(connections)
        try reader.readRecord { reader throws(StateError) in try io.restoreTimers(from: &reader) }
        try reader.leaveRecord(tables)
        return slots
    }

    private static func expectEnd(_ reader: StateReader) throws(StateError) {
        guard !reader.isAtEnd else { return }
        throw StateError("the handler has left \(reader.unreadByteCount) bytes of its state unread")
    }
}

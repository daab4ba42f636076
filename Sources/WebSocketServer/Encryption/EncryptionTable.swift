// The TLS of all connections that have one, and what they share.
import LinuxReactor
import Storage
import WebSocketTLS

/// The TLS of all connections that have one. It does no I/O: Transport does.
struct EncryptionTable: ~Copyable {
    /// About what libssl holds for a connection during its handshake.
    static var libraryByteCount: Int { 48 * 1024 }
    /// How many handshakes may be under way: beyond that the oldest is given up.
    static var handshakeLimit: Int { 1024 }
    /// The most that may wait for a socket in records: application data of one send, and answers.
    static var unsentByteLimit: Int { 128 * 1024 }
    /// After how many handshakes at a time memory goes back to the system.
    static var crowdCount: Int { 8 }

    var connections = SlotTable<EncryptedConnection>()
    /// The session of every accepted connection from its beginning, in a simulation: a handshake
    /// cannot be repeated.
    var preset: RecordLayer?
    /// Connections whose TLS has ended behind application data of the same receive, or while
    /// reading was paused: no event of the socket leads back to them.
    var ended: [ConnectionID] = []
    /// The records of one send, or what a step of a session has written: empty between two steps.
    var sealed = ByteBuffer()
    /// Whether the last receive has made the session answer.
    private(set) var hasAnswered = false
    /// Handshakes that have begun, in that order; some of them are over.
    private var begun = Queue<ConnectionID>()
    /// How many handshakes of accepted connections are under way.
    private(set) var handshakeCount = 0
    /// How many there were at most since memory went back to the system.
    private(set) var mostHandshakeCount = 0
    /// How many have begun since the last tick.
    private var newHandshakeCount = 0
    private var ciphers = RecordCiphers()

    /// About what libssl holds for the handshakes that are under way.
    var libraryByteCount: Int { handshakeCount * Self.libraryByteCount }

    /// Bytes of records that wait for a connection's socket; 0 if it is not encrypted.
    func unsentByteCount(_ index: TableIndex<EncryptedConnection>) -> Int {
        index == .none ? 0 : connections[index].unsent.count
    }

    // MARK: Life

    /// Adds a connection, before its first byte; returns its index.
    mutating func add() -> TableIndex<EncryptedConnection> {
        connections.allocate(EncryptedConnection())
    }

    /// Adds a connection that was accepted.
    mutating func addAccepted() -> TableIndex<EncryptedConnection> {
        let index = add()
        if let preset { connections[index].session = TLSSession(layer: preset) }
        return index
    }

    /// Begins the handshake of an accepted connection, which has sent its first byte.
    mutating func begin(
        _ index: TableIndex<EncryptedConnection>, _ contexts: TLSServerContexts,
        of id: ConnectionID
    ) {
        connections[index].session = TLSSession(contexts)
        connections[index].isShakingHands = true
        begun.append(id)
        handshakeCount += 1
        newHandshakeCount += 1
        mostHandshakeCount = max(mostHandshakeCount, handshakeCount)
    }

    /// The connection that began its handshake first, if there are too many; the handshake may be
    /// over, and the connection too.
    mutating func nextToGiveUp() -> ConnectionID? {
        guard handshakeCount > Self.handshakeLimit || begun.count > 2 * Self.handshakeLimit
        else { return nil }
        return begun.popFirst()
    }

    /// The handshake is over, in one way or another.
    mutating func endHandshake(_ index: TableIndex<EncryptedConnection>) {
        guard connections[index].isShakingHands else { return }
        connections[index].isShakingHands = false
        handshakeCount -= 1
    }

    /// Gives the memory of many handshakes back to the system, once they are over: some 32 KB each,
    /// which idle connections do not need. Called once a second. As long as many more begin nothing
    /// is given back: it takes milliseconds, and the memory is used again.
    mutating func giveBackMemory() {
        let few = mostHandshakeCount / 8
        defer { newHandshakeCount = 0 }
        guard mostHandshakeCount >= Self.crowdCount, handshakeCount <= few,
            newHandshakeCount <= few
        else { return }
        mostHandshakeCount = handshakeCount
        LibraryMemory.trim()
    }

    /// Overwrites the secrets of a connection that has ended, and frees its place.
    mutating func forget(_ index: inout TableIndex<EncryptedConnection>) {
        guard index != .none else { return }
        endHandshake(index)
        connections[index].session.cleanse()
        connections.free(index, leaving: EncryptedConnection())
        index = .none
    }

    // MARK: Records

    /// Decrypts the first `count` bytes in place; see `TLSSession`. What the peer must get is in
    /// ``sealed`` then. Returns how many bytes of application data there are.
    mutating func receive(
        _ index: TableIndex<EncryptedConnection>, _ bytes: inout MutableSpan<UInt8>, count: Int
    ) -> Int {
        let plaintextCount = connections[index].session.receive(
            inPlace: &bytes, count: count, output: &sealed, &ciphers)
        hasAnswered = !sealed.isEmpty
        return plaintextCount
    }

    /// The work of the records that were received since the last call, in the units of ``Work``.
    mutating func takeWork() -> Int {
        let work =
            ciphers.openedCount * Work.tlsRecord + ciphers.keyUpdateCount * Work.tlsKeyUpdate
        ciphers.openedCount = 0
        ciphers.keyUpdateCount = 0
        return work
    }

    /// Writes the first bytes of a connection that we make.
    mutating func start(_ index: TableIndex<EncryptedConnection>) {
        connections[index].session.start(into: &sealed)
    }

    /// Appends `content` to ``sealed``; false if the session has ended.
    mutating func seal(
        _ content: Span<UInt8>, _ index: TableIndex<EncryptedConnection>
    ) -> Bool {
        do {
            try connections[index].session.send(content, into: &sealed, &ciphers)
            return true
        } catch {
            return false
        }
    }

    /// Appends a close_notify to ``sealed``.
    mutating func close(_ index: TableIndex<EncryptedConnection>) {
        connections[index].session.close(into: &sealed, &ciphers)
    }

    /// Keeps what a socket has not taken of ``sealed``.
    mutating func keepUnsent(_ index: TableIndex<EncryptedConnection>, from offset: Int) {
        sealed.removeFirst(offset)
        Self.append(sealed, to: &connections[index].unsent)
        emptySealed()
    }

    /// Puts what has been kept before the records of the next send.
    mutating func joinUnsent(_ index: TableIndex<EncryptedConnection>) {
        precondition(sealed.isEmpty, "what was sealed is sent or kept")
        var kept = ByteBuffer()
        swap(&kept, &connections[index].unsent)
        sealed.append(kept.span)
    }

    private static func append(_ bytes: borrowing ByteBuffer, to target: inout ByteBuffer) {
        target.append(bytes.span)
    }

    mutating func emptySealed() {
        sealed.removeAll(keepingCapacity: sealed.capacity <= 128 * 1024)
    }
}

// Where each connection stood when it was last at rest, in memory that outlives the process.
//
// Nothing here says whether a record is still true when the process has been killed: the kernel
// does, which counts the bytes of each socket too. So no order of two writes matters but one: a
// record is made busy before anything of it is changed.
import LinuxReactor
import WebSocketCore

/// The places of a record's fields, in bytes.
///
/// A program of another version may read it: whatever is changed here needs another
/// ``version``, and then connections do not survive a crash in which the program was changed, too.
enum RecordLayout {
    static let magic: UInt64 = 0x726F_6F73_7472_6563
    static let version: UInt32 = 1
    /// What is in front of the records: `magic`, `version`, `byteCount`, the number of records.
    static let headByteCount = 4096
    static let lastResourceID = 24
    /// How many slots from the first on have ever had a record: no page behind them is touched.
    static let usedCount = 32
    static let byteCount = 1024
    /// Four million.
    static let countLimit = 1 << 22

    static let state = 0
    /// Why the connection cannot be at rest now: ``CrashRecords/Hold``.
    static let holds = 4
    static let resourceID = 8
    static let read = 16
    static let written = 24
    static let peerHigh = 32
    static let peerLow = 40
    static let peerPort = 48
    static let compression = 50
    static let flags = 52
    static let noteByteCount = 54
    static let peerFamily = 56
    static let listener = 57
    static let placeCount = 58
    static let isParked = 59
    static let places = 64
    static let placeByteCount = 24
    static let placeLimit = 12
    static let note = places + placeLimit * placeByteCount
    static let noteLimit = 640
}

/// The records of all connections, by slot.
struct CrashRecords {
    enum State: UInt32 {
        /// There is none for the slot.
        case free
        /// The connection has one, and is not at rest.
        case busy
        case atRest
    }

    /// Why a connection is not at rest although nothing is on its way.
    struct Hold: OptionSet {
        let rawValue: UInt32
        /// The handler owes it an answer.
        static let owing = Hold(rawValue: 1)
        /// Its note has to be written anew.
        static let stale = Hold(rawValue: 2)
        /// The handler had no note of it when it was asked: it has no record.
        static let unknown = Hold(rawValue: 4)
    }

    private(set) var memory: SharedMemory?
    /// Whether there are records at all.
    private(set) var isOn = false
    private var limit: UInt32 = 0
    private var usedCount: UInt32 = 0

    /// Keeps records of slots below `limit` from now on.
    mutating func begin(limit: Int) throws(SystemError) {
        let memory = try SharedMemory(
            byteCount: RecordLayout.headByteCount + limit * RecordLayout.byteCount)
        memory.publish(RecordLayout.version, at: 8)
        memory.publish(UInt32(RecordLayout.byteCount), at: 12)
        memory.publish(UInt64(limit), at: 16)
        memory.publish(RecordLayout.magic, at: 0)
        self.memory = memory
        self.limit = UInt32(limit)
        isOn = true
    }

    /// Keeps none any more.
    mutating func end() { self = CrashRecords() }

    @inline(__always)
    private func place(_ slot: Slot) -> (memory: SharedMemory, start: Int)? {
        guard let memory, slot.rawValue < limit else { return nil }
        return (memory, RecordLayout.headByteCount + Int(slot.rawValue) * RecordLayout.byteCount)
    }

    // MARK: As bytes move

    /// This many bytes were sent.
    @inline(__always)
    func sent(_ slot: Slot, _ count: Int) {
        if isOn { moved(slot, RecordLayout.written, count) }
    }

    /// This many bytes were received.
    @inline(__always)
    func received(_ slot: Slot, _ count: Int) {
        if isOn { moved(slot, RecordLayout.read, count) }
    }

    @inline(never)
    private func moved(_ slot: Slot, _ field: Int, _ count: Int) {
        guard let (memory, start) = place(slot), isRecorded(memory, start) else { return }
        memory.publish(State.busy.rawValue, at: start)
        let sum = memory.read(UInt64.self, at: start + field) &+ UInt64(count)
        memory.publish(sum, at: start + field)
    }

    /// Something is on its way to the connection that has not been sent.
    @inline(__always)
    func disturb(_ slot: Slot) {
        if isOn { disturbRecord(slot) }
    }

    @inline(never)
    private func disturbRecord(_ slot: Slot) {
        guard let (memory, start) = place(slot), isRecorded(memory, start) else { return }
        memory.publish(State.busy.rawValue, at: start)
    }

    private func isRecorded(_ memory: SharedMemory, _ start: Int) -> Bool {
        memory.read(UInt32.self, at: start) != State.free.rawValue
    }

    // MARK: One record

    func isRecorded(_ slot: Slot) -> Bool {
        guard let (memory, start) = place(slot) else { return false }
        return isRecorded(memory, start)
    }

    /// Whether a copy of its socket waits for the next process.
    func isParked(_ slot: Slot) -> Bool {
        guard isOn, let (memory, start) = place(slot) else { return false }
        return memory.read(UInt8.self, at: start + RecordLayout.isParked) != 0
    }

    /// Whether it could be recorded.
    func hasPlace(for slot: Slot) -> Bool { place(slot) != nil }

    /// The slot is about to get a record.
    mutating func use(_ slot: Slot) {
        guard slot.rawValue >= usedCount else { return }
        usedCount = slot.rawValue + 1
        memory?.publish(UInt64(usedCount), at: RecordLayout.usedCount)
    }

    /// Begins the record of a connection, as busy. Its note has been written.
    func begin(
        _ slot: Slot, _ connection: borrowing Connection, _ compression: UInt16,
        _ position: StreamPosition?
    ) {
        guard let (memory, start) = place(slot) else { return }
        let peer = connection.peer
        memory.store(connection.resourceID, at: start + RecordLayout.resourceID)
        memory.store(peer.high, at: start + RecordLayout.peerHigh)
        memory.store(peer.low, at: start + RecordLayout.peerLow)
        memory.store(peer.port, at: start + RecordLayout.peerPort)
        memory.store(peer.family.rawValue, at: start + RecordLayout.peerFamily)
        memory.store(position?.read ?? 0, at: start + RecordLayout.read)
        memory.store(position?.written ?? 0, at: start + RecordLayout.written)
        memory.store(compression, at: start + RecordLayout.compression)
        memory.store(UInt8(0), at: start + RecordLayout.placeCount)
        memory.store(connection.flags.rawValue, at: start + RecordLayout.flags)
        memory.store(connection.listener.rawValue, at: start + RecordLayout.listener)
        memory.store(UInt8(position == nil ? 0 : 1), at: start + RecordLayout.isParked)
        memory.publish(State.busy.rawValue, at: start)
    }

    /// No copy of its socket waits any more.
    func unpark(_ slot: Slot) {
        guard let (memory, start) = place(slot) else { return }
        memory.publish(State.busy.rawValue, at: start)
        memory.store(UInt8(0), at: start + RecordLayout.isParked)
    }

    /// The next process shall not know it, although a copy of its socket may wait.
    func forget(_ slot: Slot) {
        guard let (memory, start) = place(slot) else { return }
        memory.publish(State.free.rawValue, at: start)
    }

    /// Which connection the record was of last.
    func resourceID(of slot: Slot) -> UInt64? {
        place(slot).map { $0.memory.read(at: $0.start + RecordLayout.resourceID) }
    }

    /// The connection has no record any more.
    func end(_ slot: Slot) {
        guard isOn, let (memory, start) = place(slot) else { return }
        memory.publish(State.free.rawValue, at: start)
        memory.store(UInt32(0), at: start + RecordLayout.holds)
        memory.store(UInt8(0), at: start + RecordLayout.isParked)
    }

    /// A connection has opened that has this number, the highest so far.
    func opened(_ resourceID: UInt64) {
        memory?.publish(resourceID, at: RecordLayout.lastResourceID)
    }

    // MARK: What it says

    /// Writes the handler's note, of at most ``RecordLayout/noteLimit`` bytes.
    func setNote(_ slot: Slot, _ note: [UInt8]) {
        guard let (memory, start) = place(slot) else { return }
        // A note that is written in part is none.
        memory.publish(UInt16.max, at: start + RecordLayout.noteByteCount)
        memory.write(note, at: start + RecordLayout.note)
        memory.publish(UInt16(note.count), at: start + RecordLayout.noteByteCount)
    }

    func holds(of slot: Slot) -> Hold {
        guard let (memory, start) = place(slot) else { return [] }
        return Hold(rawValue: memory.read(at: start + RecordLayout.holds))
    }

    /// Sets or removes a reason why the connection is not at rest.
    func hold(_ slot: Slot, _ hold: Hold, _ isSet: Bool) {
        guard let (memory, start) = place(slot) else { return }
        if isSet { disturbRecord(slot) }
        let holds = holds(of: slot)
        let new = isSet ? holds.union(hold) : holds.subtracting(hold)
        memory.store(new.rawValue, at: start + RecordLayout.holds)
    }

    /// Writes how far the connection has come in the topic that is the `index`th of its
    /// subscriptions.
    func setPlace(_ slot: Slot, _ index: Int, _ place: TopicPlace) {
        guard let (memory, start) = self.place(slot) else { return }
        let at = start + RecordLayout.places + index * RecordLayout.placeByteCount
        memory.store(place.topic, at: at)
        memory.store(place.offset, at: at + 8)
        memory.store(place.epoch, at: at + 16)
    }

    /// The connection is at rest, and has this many places.
    func settle(_ slot: Slot, placeCount: Int) {
        guard let (memory, start) = place(slot) else { return }
        memory.store(UInt8(placeCount), at: start + RecordLayout.placeCount)
        memory.publish(State.atRest.rawValue, at: start)
    }
}

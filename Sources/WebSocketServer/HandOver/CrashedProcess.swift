// What a process has left that was killed: records of its connections, and copies of their sockets.
// It comes from outside of this process, which may have been out of its mind: nothing is believed.
import LinuxReactor
import Storage
import WebSocketCore

/// What was found of one connection.
package struct RecoveredConnection {
    let slot: Slot
    let resourceID: UInt64
    /// Nil if no copy of its socket was parked.
    var descriptor: FileDescriptor?
    let isAtRest: Bool
    let position: StreamPosition
    let peer: NetworkAddress
    let listener: ListenerKind
    let flags: UInt16
    let compression: DeflateParameters?
    let note: [UInt8]
    let places: [TopicPlace]

    /// No server comes so far, and a higher number would leave no room for the next ones.
    fileprivate static let highestResourceID: UInt64 = 1 << 62
}

struct CrashedProcess {
    /// In the order of their slots.
    let connections: [RecoveredConnection]
    let lastResourceID: UInt64
    /// Sockets of connections that are described nowhere.
    let unknown: [FileDescriptor]

    /// Four million records.
    private static let memoryLimit =
        RecordLayout.headByteCount + RecordLayout.countLimit * RecordLayout.byteCount

    /// The park of a server that keeps its records in memory of its own.
    static func makePark(in store: any DescriptorStore) -> CarrierPark {
        let attempt = UInt64.random(in: .min ... .max)
        return CarrierPark(in: store, named: String(attempt, radix: 36)) { sockets in
            guard let sockets else { return CarrierMessage(.records, of: attempt, 0).bytes }
            return CarrierMessage(parking: sockets, of: attempt).bytes
        }
    }

    /// The memory in this file, which is closed if it is none.
    static func memory(in file: FileDescriptor) -> SharedMemory? {
        SharedMemory(adopting: file, upTo: memoryLimit)
    }

    init(
        _ memory: SharedMemory,
        _ parked: [(message: CarrierMessage, sockets: [FileDescriptor])]
    ) {
        var sockets: [CarrierMessage.Name: FileDescriptor] = [:]
        for (message, descriptors) in parked {
            for (name, socket) in zip(message.names, descriptors) {
                // The same connection may have been parked twice.
                if let copy = sockets.updateValue(socket, forKey: name) { Carrier.close([copy]) }
            }
        }
        var connections: [RecoveredConnection] = []
        for index in 0..<Self.recordCount(memory) {
            guard var found = RecoveredConnection(memory, index) else { continue }
            found.descriptor = sockets.removeValue(
                forKey: CarrierMessage.Name(
                    slot: found.slot.rawValue, resourceID: found.resourceID))
            connections.append(found)
        }
        self.connections = connections
        let newest = connections.map(\.resourceID).max() ?? 0
        let last =
            connections.isEmpty ? 0 : memory.read(UInt64.self, at: RecordLayout.lastResourceID)
        lastResourceID = max(newest, min(last, RecoveredConnection.highestResourceID))
        unknown = Array(sockets.values)
    }

    /// Zero if the memory is of another form.
    private static func recordCount(_ memory: SharedMemory) -> Int {
        guard memory.byteCount >= RecordLayout.headByteCount,
            memory.read(UInt64.self, at: 0) == RecordLayout.magic,
            memory.read(UInt32.self, at: 8) == RecordLayout.version,
            memory.read(UInt32.self, at: 12) == UInt32(RecordLayout.byteCount)
        else { return 0 }
        let count = (memory.byteCount - RecordLayout.headByteCount) / RecordLayout.byteCount
        guard memory.read(UInt64.self, at: 16) == UInt64(count) else { return 0 }
        return min(count, Int(clamping: memory.read(UInt64.self, at: RecordLayout.usedCount)))
    }
}

extension RecoveredConnection {
    /// Nil if the slot has no record, or a record that makes no sense.
    fileprivate init?(_ memory: SharedMemory, _ index: Int) {
        let start = RecordLayout.headByteCount + index * RecordLayout.byteCount
        guard
            let state = CrashRecords.State(
                rawValue: memory.read(at: start + RecordLayout.state)), state != .free,
            let family = NetworkAddress.Family(
                rawValue: memory.read(at: start + RecordLayout.peerFamily)),
            let listener = ListenerKind(rawValue: memory.read(at: start + RecordLayout.listener)),
            !listener.isInternal
        else { return nil }
        let noteByteCount = Int(memory.read(UInt16.self, at: start + RecordLayout.noteByteCount))
        let placeCount = Int(memory.read(UInt8.self, at: start + RecordLayout.placeCount))
        let parameters: UInt16 = memory.read(at: start + RecordLayout.compression)
        guard noteByteCount <= RecordLayout.noteLimit, placeCount <= RecordLayout.placeLimit
        else { return nil }
        slot = Slot(rawValue: UInt32(index))
        resourceID = memory.read(at: start + RecordLayout.resourceID)
        guard resourceID <= Self.highestResourceID else { return nil }
        isAtRest =
            state == .atRest && memory.read(UInt32.self, at: start + RecordLayout.holds) == 0
            && (parameters == .max || DeflateParameters(rawValue: parameters) != nil)
        position = StreamPosition(
            written: memory.read(at: start + RecordLayout.written),
            read: memory.read(at: start + RecordLayout.read))
        peer = NetworkAddress(
            family: family, high: memory.read(at: start + RecordLayout.peerHigh),
            low: memory.read(at: start + RecordLayout.peerLow),
            port: memory.read(at: start + RecordLayout.peerPort))
        self.listener = listener
        flags = memory.read(at: start + RecordLayout.flags)
        compression = parameters == .max ? nil : DeflateParameters(rawValue: parameters)
        let note = start + RecordLayout.note
        self.note = memory.bytes(note..<note + noteByteCount)
        places = (0..<placeCount).map { index in
            let place = start + RecordLayout.places + index * RecordLayout.placeByteCount
            return TopicPlace(
                topic: memory.read(at: place), offset: memory.read(at: place + 8),
                epoch: memory.read(at: place + 16))
        }
    }
}

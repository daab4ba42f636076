// What one process leaves in a store and the next one finds there, and everything that can be wrong
// with it.
import Glibc
import LinuxReactor
import Synchronization
import Testing

@testable import WebSocketServer

/// A store in memory, with room for a number of descriptors.
private final class MemoryStore: DescriptorStore {
    let room: Int
    private let kept = Mutex<[FileDescriptor]>([])

    init(room: Int = 64) { self.room = room }
    deinit { forget() }

    func takeKept() -> [FileDescriptor] {
        kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
    }

    func keep(_ descriptors: [FileDescriptor]) {
        kept.withLock { kept in
            for descriptor in descriptors where kept.count < room {
                kept.append(FileDescriptor(rawValue: dup(descriptor.rawValue)))
            }
        }
    }

    func forget() { Carrier.close(takeKept()) }
}

@Suite struct KeptConnectionsTests {
    /// Each has a number of its own in its counter.
    private static func sockets(_ count: Int) throws -> [FileDescriptor] {
        var kernel = LinuxKernel()
        return try (1...count).map { number in
            let socket = try kernel.makeWakeup()
            var number = UInt64(number)
            #expect(write(socket.rawValue, &number, 8) == 8)
            return socket
        }
    }

    private static func numbers(_ sockets: [FileDescriptor]) -> [Int] {
        sockets.map { socket in
            var number: UInt64 = 0
            return read(socket.rawValue, &number, 8) == 8 ? Int(number) : 0
        }
    }

    private static func state(_ sockets: [FileDescriptor]) -> ProcessState {
        ProcessState(
            programVersion: "1", leftAt: Instant(nanoseconds: 5), signalMask: 0, listeners: [],
            handOver: HandOver(state: [7], descriptors: sockets))
    }

    /// Leaves a number of sockets, and reads what remains of the messages after a change.
    private func kept(
        _ count: Int, after change: (inout [(FileDescriptor, [Carrier.Message])]) -> Void = { _ in }
    ) throws -> KeptConnections {
        let sockets = try Self.sockets(count)
        defer { Carrier.close(sockets) }
        let store = MemoryStore()
        try LeavingConnections.leave(Self.state(sockets), in: store, attempt: 9)
        var carriers = store.takeKept().map { carrier in
            var messages: [Carrier.Message] = []
            while let message = Carrier.receive(from: carrier) { messages.append(message) }
            return (carrier, messages)
        }
        change(&carriers)
        var ends: [FileDescriptor] = []
        for (carrier, messages) in carriers {
            Carrier.close([carrier])
            let new = try Carrier()
            for message in messages {
                #expect(new.send(message.bytes, with: message.descriptors[...]) == 0)
                Carrier.close(message.descriptors)
            }
            ends.append(FileDescriptor(rawValue: dup(new.outerEnd.rawValue)))
        }
        return KeptConnections.read(from: ends)
    }

    /// The reason, and how many sockets are to be closed; they are.
    private func lost(_ kept: KeptConnections) -> (reason: String, count: Int) {
        guard case .lost(let sockets, let reason) = kept else { return ("nothing is lost", 0) }
        Carrier.close(sockets)
        return (reason, sockets.count)
    }

    @Test(arguments: [1, 253, 254, 1000])
    func `Every socket comes back in its place`(count: Int) throws {
        guard case .state(let state) = try kept(count, after: { $0.reverse() }) else {
            Issue.record("nothing was kept")
            return
        }
        #expect(Self.numbers(state.handOver.descriptors) == Array(1...count))
        #expect(state.handOver.state == [7] && state.programVersion == "1")
        #expect(state.leftAt == Instant(nanoseconds: 5))
        Carrier.close(state.handOver.descriptors)
    }

    @Test func `No connection is kept as well`() throws {
        let store = MemoryStore()
        try LeavingConnections.leave(Self.state([]), in: store, attempt: 1)
        guard case .state(let state) = KeptConnections.read(from: store.takeKept()) else {
            Issue.record("nothing was kept")
            return
        }
        #expect(state.handOver.descriptors == [])
    }

    @Test(arguments: [0, 1])
    func `A store without room has taken nothing`(room: Int) throws {
        let sockets = try Self.sockets(3)
        defer { Carrier.close(sockets) }
        let store = MemoryStore(room: room)
        #expect {
            try LeavingConnections.leave(Self.state(sockets), in: store, attempt: 1)
        } throws: {
            "\($0)".hasSuffix("FileDescriptorStoreMax= of the unit.")
        }
        #expect(store.takeKept() == [])
        #expect(Self.numbers(sockets) == [1, 2, 3])
    }

    @Test func `Empty carriers, and files that are none, are nothing`() throws {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let kept = try kept(3) { carriers in
            for index in carriers.indices {
                for message in carriers[index].1 { Carrier.close(message.descriptors) }
                carriers[index].1 = []
            }
            carriers.append((FileDescriptor(rawValue: file), []))
        }
        guard case .nothing = kept else {
            Issue.record("\(kept)")
            return
        }
    }

    /// A change of what was left, and what is said then.
    private typealias Change = (inout [(FileDescriptor, [Carrier.Message])]) -> Void

    private static func drop(_ content: CarrierMessage.Content) -> Change {
        { carriers in
            for index in carriers.indices {
                for message in carriers[index].1
                where CarrierMessage(message.bytes)?.content == content {
                    Carrier.close(message.descriptors)
                }
                carriers[index].1.removeAll { CarrierMessage($0.bytes)?.content == content }
            }
        }
    }

    @Test func `Whatever is missing or damaged, the sockets are known, and the reason`() throws {
        let dropsState = lost(try kept(300, after: Self.drop(.state)))
        #expect(dropsState == ("the process before was ended while it left them", 300))
        let dropsSockets = lost(try kept(300, after: Self.drop(.sockets)))
        #expect(dropsSockets.reason.hasPrefix("of 300 sockets some are missing"))
        let dropsOne = lost(
            try kept(300) { carriers in
                Carrier.close(carriers[1].1.removeFirst().descriptors)
            })
        #expect(dropsOne.reason.hasPrefix("of 300 sockets some are missing"))
        #expect(dropsOne.count == 300 - 253)
        let damagesFile = lost(
            try kept(2) { carriers in
                let message = carriers[0].1[0]
                Carrier.close(message.descriptors)
                let file = FileDescriptor(rawValue: open("/dev/null", O_RDONLY | O_CLOEXEC))
                carriers[0].1[0] = .init(bytes: message.bytes, descriptors: [file])
            })
        #expect(damagesFile.reason.hasSuffix("It is no sealed file."))
        #expect(damagesFile.count == 2)
        let damagesMessage = lost(
            try kept(2) { carriers in
                let message = carriers[1].1[0]
                carriers[1].1[0] = .init(
                    bytes: [1] + message.bytes.dropFirst(), descriptors: message.descriptors)
            })
        #expect(damagesMessage.reason.hasPrefix("of 2 sockets some are missing"))
        #expect(damagesMessage.count == 2)
    }

    @Test func `What an earlier attempt has left does no harm`() throws {
        let other = try Self.sockets(1)
        let kept = try kept(3) { carriers in
            let message = CarrierMessage(.sockets, of: 8, 0)
            carriers[0].1.append(.init(bytes: message.bytes, descriptors: other))
        }
        guard case .state(let state) = kept else {
            Issue.record("\(kept)")
            return
        }
        #expect(Self.numbers(state.handOver.descriptors) == [1, 2, 3])
        Carrier.close(state.handOver.descriptors)
    }

    @Test func `A message is read as it was written, and no other is`() {
        let message = CarrierMessage(.state, of: .max, 70_000)
        #expect(CarrierMessage(message.bytes) == message)
        for place in message.bytes.indices.prefix(11) {
            var bytes = message.bytes
            bytes[place] ^= 0x80
            #expect(CarrierMessage(bytes) == nil)
        }
        #expect(CarrierMessage(Array(message.bytes.dropLast())) == nil)
        #expect(CarrierMessage(message.bytes + [0]) == nil)
        #expect(CarrierMessage([]) == nil)
    }
}

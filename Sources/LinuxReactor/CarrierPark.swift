// Copies of sockets in carriers that a descriptor store keeps.
//
// A socket cannot be taken out of a carrier while others wait behind it. So a carrier is given up
// as a whole, when half of its sockets have ended: the others are parked again first.
import LibC

package final class CarrierPark: SocketPark {
    private struct Parked {
        let carrier: Carrier
        let name: String
        var sockets: [ParkedSocket] = []
        var liveCount = 0
        /// Nothing more fits into it.
        var isFull = false
    }

    private let store: any DescriptorStore
    /// What the bytes of a message in a carrier are.
    private let message: ([ParkedSocket]?) -> [UInt8]
    private let limit: Int
    private let prefix: String
    /// What the store has not been asked yet to forget.
    private var unremoved: [String] = []
    /// By number; nil where one was given up.
    private var carriers: [Parked?] = []
    private var numbers: [UInt32: Int] = [:]
    /// The carrier of the memory, without which all others mean nothing.
    private var notes: Parked?
    private var memory: SharedMemory?

    /// - Parameters:
    ///   - limit: how many carriers the store takes; some more are used for a moment.
    ///   - name: what the names of this process's carriers have in common.
    ///   - message: writes the message of these sockets; nil for that of the memory.
    package init(
        in store: any DescriptorStore, named name: String, upTo limit: Int = 240,
        message: @escaping ([ParkedSocket]?) -> [UInt8]
    ) {
        self.store = store
        self.message = message
        self.limit = limit
        prefix = name
    }

    /// More carriers than are filled, so that others can be emptied.
    private static var reserve: Int { 4 }

    private func name(_ number: Int) -> String { "\(prefix)-\(number)" }

    private func makeCarrier(_ name: String) throws(SystemError) -> Parked {
        let carrier = try Carrier()
        try store.add(carrier.outerEnd, named: name)
        return Parked(carrier: carrier, name: name)
    }

    package func begin(with memory: SharedMemory) throws(SystemError) {
        let parked = try makeCarrier(name(0))
        let failure = parked.carrier.send(message(nil), with: [memory.descriptor])
        guard failure == 0 else { throw SystemError(failure, "leave notes for the next process") }
        (notes, self.memory) = (parked, memory)
    }

    package func park(_ sockets: ArraySlice<ParkedSocket>) -> Int {
        if notes == nil, let memory { try? begin(with: memory) }
        return notes == nil ? 0 : park(sockets, upTo: limit)
    }

    private func park(_ sockets: ArraySlice<ParkedSocket>, upTo limit: Int) -> Int {
        var rest = sockets
        while !rest.isEmpty {
            let part = rest.prefix(Carrier.messageLimit)
            guard let number = place(upTo: limit) else { break }
            let failure = carriers[number]!.carrier.send(
                message(Array(part)), with: ArraySlice(part.map(\.descriptor)))
            switch failure {
            case 0:
                carriers[number]!.sockets += part
                carriers[number]!.liveCount += part.count
                for socket in part { numbers[socket.slot] = number }
                rest = rest.dropFirst(part.count)
            case EAGAIN where !carriers[number]!.sockets.isEmpty: carriers[number]!.isFull = true
            default: return sockets.count - rest.count
            }
            if carriers[number]!.sockets.count >= Carrier.messageLimit {
                carriers[number]!.isFull = true
            }
        }
        return sockets.count - rest.count
    }

    /// The carrier that takes more; nil if the store is full.
    private func place(upTo limit: Int) -> Int? {
        if let last = carriers.lastIndex(where: { $0?.isFull == false }) { return last }
        let free = carriers.firstIndex { $0 == nil } ?? carriers.count
        guard free < limit, let made = try? makeCarrier(name(free + 1)) else { return nil }
        if free == carriers.count { carriers.append(made) } else { carriers[free] = made }
        return free
    }

    package func ended(slot: UInt32) {
        guard let number = numbers.removeValue(forKey: slot) else { return }
        carriers[number]?.liveCount -= 1
    }

    package func tidy() -> [UInt32] {
        var lost: [UInt32] = []
        unremoved.removeAll { store.remove(named: $0) }
        notes?.carrier.closeOuterEnd()
        if notes?.carrier.isLost() == true {
            lost = Array(numbers.keys)
            for number in carriers.indices { giveUp(number) }
            notes = nil
        }
        for number in carriers.indices {
            guard let parked = carriers[number] else { continue }
            // The store has its own copy by now, or nobody has.
            parked.carrier.closeOuterEnd()
            if parked.carrier.isLost() {
                lost += live(in: number).map(\.slot)
                giveUp(number)
            } else if parked.isFull, parked.liveCount <= parked.sockets.count / 2 {
                renew(number)
            }
        }
        return lost
    }

    private func live(in number: Int) -> [ParkedSocket] {
        carriers[number]!.sockets.filter { numbers[$0.slot] == number && isLive($0, number) }
    }

    /// A slot may have had several connections in the same carrier: the last one counts.
    private func isLive(_ socket: ParkedSocket, _ number: Int) -> Bool {
        carriers[number]!.sockets.last { $0.slot == socket.slot } == socket
    }

    /// Parks what lives in a carrier anew, and gives the carrier up.
    private func renew(_ number: Int) {
        let live = live(in: number)
        // The place is needed first: a crash meanwhile finds two copies of some, which is no harm.
        carriers[number]!.isFull = true
        guard park(live[...], upTo: limit + Self.reserve) == live.count else { return }
        giveUp(number)
    }

    private func giveUp(_ number: Int) {
        guard let parked = carriers[number] else { return }
        for socket in parked.sockets where numbers[socket.slot] == number {
            numbers[socket.slot] = nil
        }
        remove(parked.name)
        carriers[number] = nil
    }

    private func remove(_ name: String) {
        if !store.remove(named: name) { unremoved.append(name) }
    }

    package func close(waitingFor limit: Duration) {
        let given = carriers.compactMap { $0?.carrier } + [notes?.carrier].compactMap(\.self)
        for number in carriers.indices { giveUp(number) }
        carriers = []
        if let notes { remove(notes.name) }
        (notes, memory) = (nil, nil)
        for carrier in given { carrier.closeOuterEnd() }
        // The store is asked in order.
        if limit > .zero { _ = given.last?.isLost(within: limit) }
    }

    deinit { close(waitingFor: .zero) }
}

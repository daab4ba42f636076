// The kernel of the simulated machine: sockets, epoll and a clock, over ``SimulatedNetwork``.
import LinuxReactor
import Storage

package struct SimulatedKernel: Kernel, ~Copyable {
    package static let poll: Int32 = 3
    package static func listener(_ index: Int) -> Int32 { 20 + Int32(index) }
    package static func isListener(_ descriptor: Int32) -> Bool { 20..<100 ~= descriptor }
    package static let wakeup: Int32 = 5
    package static let signals: Int32 = 6
    package static let reserve: Int32 = 7

    package let network: SimulatedNetwork

    package init(network: SimulatedNetwork) { self.network = network }

    package mutating func monotonicNow() -> Instant { network.clock }

    package mutating func wallClockNow() -> WallTime {
        WallTime(nanoseconds: 1_700_000_000_000_000_000 + network.clock.nanoseconds)
    }

    package mutating func threadCPUTime() -> UInt64 { network.clock.nanoseconds }

    package mutating func memoryHigh() -> Int? { network.memoryHigh }

    package mutating func bufferByteCount() -> Int { network.bufferByteCount }

    package mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>) {
        for index in 0..<bytes.count {
            bytes[index] = UInt8.random(in: .min ... .max, using: &network.generator)
        }
    }

    package mutating func makePoll() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.poll)
    }

    package mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError) {
        let number = descriptor.rawValue
        let isWatched = network.watched[number] != nil
        if network.sockets[number] != nil, !network.openDescriptors.contains(number) {
            // Even if a duplicate goes on being reported.
            throw mistake(9, "EBADF")
        }
        if isWatched, change == .add { throw mistake(17, "EEXIST") }
        if !isWatched, change != .add { throw mistake(2, "ENOENT") }
        network.watch(descriptor.rawValue, change == .remove ? nil : (readiness, token))
    }

    package mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int {
        var count = 0
        if network.life.ends() { network.isIdle = true }
        let descriptors = network.isDeaf || network.life.isOver ? [] : network.watchedInOrder
        // As on Linux, what had no room in the last wait comes first.
        let first = network.nextToReport.flatMap { next in
            descriptors.firstIndex { $0 >= next }
        }
        network.nextToReport = nil
        for index in descriptors.indices {
            let place = index + (first ?? 0)
            let descriptor = descriptors[
                place < descriptors.count ? place : place - descriptors.count]
            let (interest, token) = network.watched[descriptor]!
            let ready = network.readiness(of: descriptor).intersection(interest.union(.failed))
            guard !ready.isEmpty else { continue }
            guard count < events.capacity else {
                network.nextToReport = descriptor
                break
            }
            events[count] = (token, ready)
            count += 1
        }
        if count == 0, timeout != 0 {
            network.isIdle = true
            if network.mayPass, let timeout {
                network.clock = min(network.clock.advanced(by: timeout), network.clockLimit)
            }
        }
        return count
    }

    package mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        let descriptor = FileDescriptor(rawValue: Self.listener(network.listenAddresses.count))
        network.closedListeners.remove(descriptor.rawValue)
        network.listenAddresses.append(address)
        switch address {
        case .tcp(let host, let port):
            let port = port == 0 ? 8080 : port
            let named = NetworkAddress(numeric: host, port: port)
            return (descriptor, named ?? .ipv4(127, 0, 0, 1, port: port))
        case .unix: return (descriptor, NetworkAddress(family: .local))
        }
    }

    package mutating func adoptListener(_ listener: FileDescriptor) throws(SystemError)
        -> NetworkAddress
    {
        .ipv4(127, 0, 0, 1, port: 8080)
    }

    package mutating func removeSocketFile(_ path: String) { network.removedFiles.append(path) }

    package mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials? {
        network.credentials[socket.rawValue]
    }

    package mutating func accept(on listener: FileDescriptor) -> AcceptOutcome {
        if network.life.ends() { return .wouldBlock }
        guard let next = network.backlog.firstIndex(where: { $0.listener == listener.rawValue })
        else { return .wouldBlock }
        if let failure = network.acceptFailure { return .failed(failure) }
        guard network.descriptorsLeft > 0 else { return .exhausted(24) }
        network.descriptorsLeft -= 1
        let (descriptor, peer, _) = network.backlog.remove(at: next)
        network.openDescriptors.insert(descriptor)
        return .accepted(FileDescriptor(rawValue: descriptor), peer)
    }

    package mutating func receive(
        from descriptor: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome {
        if network.life.ends() { return .wouldBlock }
        defer { _ = network.life.ends() }
        let number = descriptor.rawValue
        precondition(network.openDescriptors.contains(number), "EBADF")
        let available = network.sockets[number]!.server.input.count
        if available == 0 {
            let isLocal = network.sockets[number]!.isLocal
            return network.sockets[number]!.server.receiveNothing(isLocal: isLocal)
        }
        let most = Int.random(in: network.receiveSizes, using: &network.generator)
        let count = min(available, buffer.count, most)
        for (index, byte) in network.sockets[number]!.server.input.prefix(count).enumerated() {
            buffer[index] = byte
        }
        network.sockets[number]!.server.input.removeFirst(count)
        network.sockets[number]!.readByteCount += count
        network.passedByteCount += count
        return .received(count)
    }

    package mutating func send(_ bytes: Span<UInt8>, to descriptor: FileDescriptor) -> SendOutcome {
        // Nobody sees what a dead process does.
        if network.life.ends() { return .sent(bytes.count) }
        defer { _ = network.life.ends() }
        let number = descriptor.rawValue
        precondition(network.openDescriptors.contains(number), "EBADF")
        precondition(!bytes.isEmpty, "a send of nothing")
        let mayFail = !network.isStrict || network.sockets[number]!.isLocal
        precondition(
            mayFail || !network.sockets[number]!.serverHasEnded, "a send after shutdown")
        network.sendCount += 1
        if network.sockets[number]!.attempt == .pending { return .wouldBlock }
        if let error = network.sockets[number]!.sendError() { return .failed(error) }
        let most = Int.random(in: network.sendSizes, using: &network.generator)
        let window = network.sockets[number]!.window
        let count = min(bytes.count, window, most)
        // As on Linux: a short send means that the socket is full, at least for now.
        if count == 0 { return .wouldBlock }
        network.sockets[number]!.take([UInt8](copying: bytes.extracting(0..<count)))
        if window != .max { network.sockets[number]!.window = window - count }
        network.passedByteCount += count
        return .sent(count)
    }

    package mutating func shutdownOutput(of socket: FileDescriptor) {
        guard !network.life.ends() else { return }
        network.sockets[socket.rawValue]!.endServerOutput()
    }

    package mutating func close(_ descriptor: FileDescriptor) {
        guard !network.life.ends() else { return }
        let number = descriptor.rawValue
        if number == Self.reserve, network.hasReserve { network.descriptorsLeft += 1 }
        if network.sockets[number] != nil {
            precondition(network.openDescriptors.remove(number) != nil, "closed twice")
            if network.descriptorsLeft != .max { network.descriptorsLeft += 1 }
        }
        network.close(number)
    }

    package mutating func reset(_ socket: FileDescriptor) {
        guard !network.life.ends() else { return }
        network.sockets[socket.rawValue]!.resetsWhenClosed = true
        close(socket)
    }

    package mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        guard network.descriptorsLeft > 0 else { return .failed(24) }
        let attempt = network.attempt(address)
        if case .failsAtOnce(let number) = attempt { return .failed(number) }
        network.nextDescriptor += 1
        network.descriptorsLeft -= 1
        var isLocal = false
        if case .local = address { isLocal = true }
        network.sockets[network.nextDescriptor] = SimulatedSocket(
            attempt: attempt, isLocal: isLocal)
        network.openDescriptors.insert(network.nextDescriptor)
        network.connects.append((network.nextDescriptor, address, source))
        return .begun(FileDescriptor(rawValue: network.nextDescriptor))
    }

    package mutating func takeError(of socket: FileDescriptor) -> Int32 {
        network.sockets[socket.rawValue]!.server.takeError()
    }

    package mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor) {
        guard let found = network.names[name] ?? network.resolve(name) else { return }
        network.resolutions.append(
            Resolution(ticket: ticket, status: found.status, addresses: found.addresses))
        network.hasWakeup = true
    }

    package mutating func takeResolved() -> [Resolution] {
        defer { network.resolutions = [] }
        return network.resolutions
    }

    package mutating func endResolutions() {}

    package mutating func makeWakeup() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.wakeup)
    }

    package mutating func clearWakeup(_ descriptor: FileDescriptor) { network.hasWakeup = false }

    package mutating func makeSignalSource(_ signals: [Int32]) throws(SystemError) -> FileDescriptor
    {
        network.watchedSignals = Set(signals)
        return FileDescriptor(rawValue: Self.signals)
    }

    package mutating func unblockSignals(of source: FileDescriptor) {}

    package mutating func readSignal(_ source: FileDescriptor) -> Int32? {
        network.pendingSignals.isEmpty ? nil : network.pendingSignals.removeFirst()
    }

    package mutating func closeSignalSource(_ source: FileDescriptor) {
        network.watchedSignals = []
    }

    package mutating func ignoresSignal(_ signal: Int32) -> Bool {
        network.ignoredSignals.contains(signal)
    }

    package mutating func limitUnsent(of socket: FileDescriptor, to byteCount: Int) {
        network.sockets[socket.rawValue]!.unsentLimit = byteCount
    }

    package mutating func position(of socket: FileDescriptor) -> StreamPosition? {
        let state = network.sockets[socket.rawValue]!
        guard network.isTCP, !state.isLocal else { return nil }
        return StreamPosition(
            written: UInt64(state.takenByteCount), read: UInt64(state.readByteCount))
    }

    package mutating func endCopies(of socket: FileDescriptor, reset: Bool) {
        if !network.life.isOver { network.sockets[socket.rawValue]!.endCopies(reset: reset) }
    }

    package mutating func acknowledgedByteCount(of socket: FileDescriptor) -> UInt64? {
        let state = network.sockets[socket.rawValue]!
        return network.isTCP && !state.isLocal ? UInt64(state.acknowledgedCount) : nil
    }

    package mutating func limitDelay(
        of socket: FileDescriptor, to nanoseconds: UInt64, wasBounded: Bool, mayWiden: Bool
    ) -> LinePace? {
        network.sockets[socket.rawValue]!.paceCount += 1
        return network.sockets[socket.rawValue]!.bytesPerSecond.map {
            let byteCount = Int(Double($0) * Double(nanoseconds) / 1e9)
            return LinePace(byteCount: byteCount, isBounded: byteCount < 100_000)
        }
    }

    package mutating func makeReserve() -> FileDescriptor? {
        if network.hasReserve, network.descriptorsLeft <= 0 { return nil }
        if network.hasReserve { network.descriptorsLeft -= 1 }
        return FileDescriptor(rawValue: Self.reserve)
    }

    package mutating func raiseDescriptorLimit() -> Int { 10_000 }

    /// What only a faulty server can make Linux return.
    private func mistake(_ number: Int32, _ name: String) -> SystemError {
        precondition(!network.isStrict, "\(name)")
        return SystemError(number, "watch a descriptor")
    }
}

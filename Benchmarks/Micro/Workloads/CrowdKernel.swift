// A kernel that costs nothing: clients connect one after the other, shake hands, and are silent.
import LinuxReactor
import Storage
import WebSocketServer

/// Everything that is asked of it besides succeeds, and does nothing.
struct CrowdKernel: Kernel, ~Copyable {
    private static let poll: Int32 = 3
    private static let wakeup: Int32 = 4
    private static let signals: Int32 = 5
    private static let reserve: Int32 = 6
    private static let listener: Int32 = 7
    private static let firstClient: Int32 = 100
    private static let request = Array(
        ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .utf8)

    /// How many clients wait to be accepted.
    var comingCount: Int
    private var nextClient = CrowdKernel.firstClient
    private var listenerToken: UInt64?
    /// The clients whose requests have not been reported yet.
    private var unreported: [UInt64] = []
    private var unread: Set<Int32> = []

    init(comingCount: Int) { self.comingCount = comingCount }

    mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError) {
        guard change == .add else { return }
        if descriptor.rawValue == Self.listener { listenerToken = token }
        if unread.contains(descriptor.rawValue) { unreported.append(token) }
    }

    mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int {
        var count = 0
        while count < events.capacity - 1, let token = unreported.popLast() {
            events[count] = (token, .readable)
            count += 1
        }
        if let listenerToken, comingCount > 0 {
            events[count] = (listenerToken, .readable)
            count += 1
        }
        return count
    }

    mutating func accept(on listener: FileDescriptor) -> AcceptOutcome {
        guard comingCount > 0 else { return .wouldBlock }
        comingCount -= 1
        nextClient += 1
        unread.insert(nextClient)
        return .accepted(
            FileDescriptor(rawValue: nextClient), .ipv4(127, 0, 0, 1, port: 9999))
    }

    mutating func receive(
        from socket: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome {
        guard unread.remove(socket.rawValue) != nil else { return .wouldBlock }
        for index in Self.request.indices { buffer[index] = Self.request[index] }
        return .received(Self.request.count)
    }

    mutating func send(_ bytes: Span<UInt8>, to socket: FileDescriptor) -> SendOutcome {
        .sent(bytes.count)
    }

    mutating func monotonicNow() -> Instant { Instant(nanoseconds: 1_000_000_000) }
    mutating func wallClockNow() -> WallTime { WallTime(nanoseconds: 1_700_000_000_000_000_000) }
    mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>) {}
    mutating func threadCPUTime() -> UInt64 { 0 }
    mutating func memoryHigh() -> Int? { nil }
    mutating func bufferByteCount() -> Int { 0 }
    mutating func makePoll() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.poll)
    }
    mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        (FileDescriptor(rawValue: Self.listener), .ipv4(127, 0, 0, 1, port: 8080))
    }
    mutating func adoptListener(_ listener: FileDescriptor) throws(SystemError) -> NetworkAddress {
        .ipv4(127, 0, 0, 1, port: 8080)
    }
    mutating func removeSocketFile(_ path: String) {}
    mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials? { nil }
    mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome { .failed(111) }
    mutating func takeError(of socket: FileDescriptor) -> Int32 { 0 }
    mutating func limitUnsent(of socket: FileDescriptor, to byteCount: Int) {}
    mutating func acknowledgedByteCount(of socket: FileDescriptor) -> UInt64? { nil }
    mutating func limitDelay(
        of socket: FileDescriptor, to nanoseconds: UInt64, wasBounded: Bool, mayWiden: Bool
    ) -> LinePace? { nil }
    mutating func position(of socket: FileDescriptor) -> StreamPosition? { nil }
    mutating func endCopies(of socket: FileDescriptor, reset: Bool) {}
    mutating func shutdownOutput(of socket: FileDescriptor) {}
    mutating func close(_ descriptor: FileDescriptor) {}
    mutating func reset(_ socket: FileDescriptor) {}
    mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor) {}
    mutating func takeResolved() -> [Resolution] { [] }
    mutating func endResolutions() {}
    mutating func makeWakeup() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.wakeup)
    }
    mutating func clearWakeup(_ descriptor: FileDescriptor) {}
    mutating func makeSignalSource(_ signals: [Int32]) throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.signals)
    }
    mutating func unblockSignals(of source: FileDescriptor) {}
    mutating func readSignal(_ source: FileDescriptor) -> Int32? { nil }
    mutating func closeSignalSource(_ source: FileDescriptor) {}
    mutating func ignoresSignal(_ signal: Int32) -> Bool { false }
    mutating func makeReserve() -> FileDescriptor? { FileDescriptor(rawValue: Self.reserve) }
    mutating func raiseDescriptorLimit() -> Int { 4_000_000 }
}

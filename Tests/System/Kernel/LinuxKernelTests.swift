// The real kernel over loopback: every outcome that the server distinguishes.
import Glibc
import LinuxReactor
import Testing

@Suite struct LinuxKernelTests {
    /// A listener and a connection to it, both ends non-blocking.
    private struct Pair: ~Copyable {
        var kernel: LinuxKernel
        let listener: FileDescriptor
        let server: FileDescriptor
        let client: FileDescriptor

        init(host: String = "127.0.0.1") throws {
            var kernel = LinuxKernel()
            let (listener, address) = try kernel.listen(
                on: .tcp(host: host, port: 0), backlog: 16, reusePort: false)
            let client = FileDescriptor(rawValue: Self.connect(to: address))
            var outcome = kernel.accept(on: listener)
            while outcome == .wouldBlock { outcome = kernel.accept(on: listener) }
            guard case .accepted(let socket, let peer) = outcome else {
                throw SystemError(0, "accept: \(outcome)")
            }
            #expect(peer.isLoopback)
            self.kernel = kernel
            self.listener = listener
            self.client = client
            server = socket
        }

        private static func connect(to address: NetworkAddress) -> Int32 {
            let isV6 = address.family == .ipv6
            let socket = Glibc.socket(
                isV6 ? AF_INET6 : AF_INET,
                Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = address.port.bigEndian
            v4.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = address.port.bigEndian
            v6.sin6_addr = in6addr_loopback
            let status =
                isV6
                ? withUnsafeBytes(of: &v6) { bytes in
                    Glibc.connect(
                        socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                        socklen_t(bytes.count))
                }
                : withUnsafeBytes(of: &v4) { bytes in
                    Glibc.connect(
                        socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                        socklen_t(bytes.count))
                }
            precondition(status == 0)
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            return socket
        }

        mutating func receive(_ socket: FileDescriptor) -> ReceiveOutcome {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            var span = bytes.mutableSpan
            return kernel.receive(from: socket, into: &span)
        }

        mutating func receiveInTime(_ socket: FileDescriptor) -> ReceiveOutcome {
            let end = kernel.monotonicNow().advanced(by: .seconds(10))
            while kernel.monotonicNow() < end {
                let outcome = receive(socket)
                if outcome != .wouldBlock { return outcome }
            }
            return .wouldBlock
        }

        mutating func send(_ bytes: [UInt8], _ socket: FileDescriptor) -> SendOutcome {
            kernel.send(bytes.span, to: socket)
        }

        consuming func close() {
            kernel.close(listener)
            kernel.close(server)
            kernel.close(client)
        }
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost"])
    func `Bytes go both ways, and the end of stream is seen`(host: String) throws {
        var pair = try Pair(host: host)
        #expect(pair.receive(pair.server) == .wouldBlock)
        #expect(pair.send([1, 2, 3], pair.client) == .sent(3))
        #expect(pair.receiveInTime(pair.server) == .received(3))
        #expect(pair.send([4], pair.server) == .sent(1))
        #expect(pair.receiveInTime(pair.client) == .received(1))
        pair.kernel.shutdownOutput(of: pair.server)
        #expect(pair.receiveInTime(pair.client) == .endOfStream)
        // The other direction is still open.
        #expect(pair.send([5], pair.client) == .sent(1))
        #expect(pair.receiveInTime(pair.server) == .received(1))
        pair.close()
    }

    @Test func `A full socket takes less, then nothing`() throws {
        var pair = try Pair()
        let block = [UInt8](repeating: 7, count: 1 << 20)
        var total = 0
        var outcome = pair.send(block, pair.server)
        while case .sent(let count) = outcome, total < 1 << 28 {
            total += count
            outcome = pair.send(block, pair.server)
        }
        #expect(outcome == .wouldBlock)
        #expect(total > 0)
        pair.close()
    }

    @Test func `A reset is a failure with its number, and so is sending after it`() throws {
        var pair = try Pair()
        pair.kernel.reset(pair.client)
        #expect(pair.receiveInTime(pair.server) == .failed(ECONNRESET))
        #expect(pair.send([1], pair.server) == .failed(EPIPE))
        pair.kernel.close(pair.listener)
        pair.kernel.close(pair.server)
    }

    @Test func `A busy port is named, with a hint`() throws {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 1, reusePort: false)
        let error = try #require(throws: SystemError.self) {
            var other = LinuxKernel()
            _ = try other.listen(
                on: .tcp(host: "127.0.0.1", port: address.port), backlog: 1, reusePort: false)
        }
        #expect(error.number == EADDRINUSE)
        #expect("\(error)".hasPrefix("Cannot listen on 127.0.0.1:\(address.port): "))
        #expect("\(error)".contains("choose another port"))
        kernel.close(listener)
    }

    @Test func `A host that is not this machine's is refused`() throws {
        let error = try #require(throws: SystemError.self) {
            var kernel = LinuxKernel()
            _ = try kernel.listen(
                on: .tcp(host: "192.0.2.1", port: 0), backlog: 1, reusePort: false)
        }
        #expect(error.number == EADDRNOTAVAIL)
    }

    @Test func `A wake-up from another thread ends a wait, once`() throws {
        var kernel = LinuxKernel()
        let wakeup = try kernel.makeWakeup()
        var poller = try Poller(&kernel)
        try poller.watch(wakeup, for: .readable, token: 42, &kernel)
        poller.wait(timeout: 0, &kernel)
        let nothing = poller.takeEvent()
        #expect(nothing == nil)
        LinuxKernel.wake(wakeup)
        LinuxKernel.wake(wakeup)
        poller.wait(timeout: 10_000_000_000, &kernel)
        let event = poller.takeEvent()
        #expect(event?.token == 42)
        #expect(event?.readiness == .readable)
        kernel.clearWakeup(wakeup)
        poller.wait(timeout: 0, &kernel)
        let after = poller.takeEvent()
        #expect(after == nil)
        kernel.close(wakeup)
        poller.close(&kernel)
    }

    @Test func `Many events of one wait keep their own tokens`() throws {
        var kernel = LinuxKernel()
        var poller = try Poller(&kernel, eventLimit: 8)
        var descriptors: [FileDescriptor] = []
        for index in 0..<20 {
            let wakeup = try kernel.makeWakeup()
            descriptors.append(wakeup)
            let token = UInt64(index) << 32 | 0xFFFF_0000
            try poller.watch(wakeup, for: .readable, token: token, &kernel)
            LinuxKernel.wake(wakeup)
        }
        // At most eight at a time, and finally each of them.
        var seen: Set<UInt64> = []
        for _ in 0..<10 where seen.count < 20 {
            poller.wait(timeout: 0, &kernel)
            var count = 0
            while let event = poller.takeEvent() {
                #expect(event.readiness == .readable)
                #expect(event.token & 0xFFFF_FFFF == 0xFFFF_0000)
                let index = Int(event.token >> 32)
                kernel.clearWakeup(descriptors[index])
                #expect(seen.insert(event.token).inserted)
                count += 1
            }
            #expect(count <= 8)
        }
        #expect(seen.count == 20)
        for descriptor in descriptors { kernel.close(descriptor) }
        poller.close(&kernel)
    }

    @Test func `Events outside the interest are not reported, a loss always is`() throws {
        var pair = try Pair()
        var poller = try Poller(&pair.kernel)
        try poller.watch(pair.server, for: [], token: 7, &pair.kernel)
        #expect(pair.send([1], pair.client) == .sent(1))
        poller.wait(timeout: 20_000_000, &pair.kernel)
        let quiet = poller.takeEvent()
        #expect(quiet == nil)
        poller.change(pair.server, to: [.readable, .writable], token: 8, &pair.kernel)
        poller.wait(timeout: 10_000_000_000, &pair.kernel)
        let both = poller.takeEvent()
        #expect(both?.token == 8)
        #expect(both?.readiness == [.readable, .writable])
        poller.change(pair.server, to: [], token: 9, &pair.kernel)
        pair.kernel.reset(pair.client)
        poller.wait(timeout: 10_000_000_000, &pair.kernel)
        let lost = poller.takeEvent()
        #expect(lost?.token == 9)
        #expect(lost?.readiness.isDisjoint(with: .failed) == false)
        poller.unwatch(pair.server, &pair.kernel)
        pair.kernel.close(pair.listener)
        pair.kernel.close(pair.server)
        poller.close(&pair.kernel)
    }

    /// `ServerCore` relies on it: an error that a send has returned is not reported again.
    @Test func `A reset is reported once, to whichever call comes first`() throws {
        var pair = try Pair()
        #expect(pair.send([1, 2], pair.client) == .sent(2))
        pair.kernel.reset(pair.client)
        let end = pair.kernel.monotonicNow().advanced(by: .seconds(10))
        var outcome = pair.send([1], pair.server)
        while case .sent = outcome, pair.kernel.monotonicNow() < end {
            outcome = pair.send([1], pair.server)
        }
        #expect(outcome == .failed(ECONNRESET))
        #expect(pair.send([1], pair.server) == .failed(EPIPE))
        // Bytes received before can still be read.
        #expect(pair.receive(pair.server) == .received(2))
        #expect(pair.receive(pair.server) == .endOfStream)
        pair.kernel.close(pair.listener)
        pair.kernel.close(pair.server)
    }

    @Test func `Without a waiting client accept would block, and an invalid descriptor fails`()
        throws
    {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 1, reusePort: true)
        #expect(kernel.accept(on: listener) == .wouldBlock)
        let wakeup = try kernel.makeWakeup()
        #expect(kernel.accept(on: wakeup) == .failed(ENOTSOCK))
        let error = try #require(throws: SystemError.self) {
            var other = LinuxKernel()
            _ = try other.adoptListener(wakeup)
        }
        #expect(error.description.hasPrefix("Cannot use descriptor"))
        // A second listener on the port, if both ask for it.
        let (second, shared) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: address.port), backlog: 1, reusePort: true)
        #expect(shared == address)
        let adopted = try kernel.adoptListener(second)
        #expect(adopted == address)
        for descriptor in [listener, wakeup, second] { kernel.close(descriptor) }
    }

    @Test func `Random bytes are filled to the end`() {
        var kernel = LinuxKernel()
        var bytes = [UInt8](repeating: 0, count: 4096)
        var span = bytes.mutableSpan
        kernel.fillRandom(&span)
        // A run of 16 zeros has a probability of 2^-116.
        #expect(!bytes.suffix(16).allSatisfy { $0 == 0 })
    }
}

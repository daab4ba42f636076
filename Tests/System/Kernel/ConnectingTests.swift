// connect(2) and getaddrinfo(3) of the real kernel, as a client uses them.
import Foundation
import Glibc
import LinuxReactor
import Testing

@Suite struct ConnectingTests {
    /// Waits until a socket is writable: the connection is established, or has failed.
    private func settled(_ socket: FileDescriptor) {
        var entry = pollfd(fd: socket.rawValue, events: Int16(POLLOUT), revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `A connection is begun, then established`(host: String) throws {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: host, port: 0), backlog: 16, reusePort: false)
        guard case .begun(let socket) = kernel.connect(to: .network(address), from: nil) else {
            Issue.record("not begun")
            return
        }
        settled(socket)
        #expect(kernel.takeError(of: socket) == 0)
        #expect(fcntl(socket.rawValue, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(socket.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        guard case .accepted(let accepted, _) = kernel.accept(on: listener) else {
            Issue.record("not accepted")
            return
        }
        for descriptor in [socket, accepted, listener] { kernel.close(descriptor) }
    }

    @Test func `Connections come from the requested address, each from its own port`() throws {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 16, reusePort: false)
        var ports: Set<UInt16> = []
        for last in [2, 3, 3, 250] as [UInt8] {
            let source = NetworkAddress.ipv4(127, 0, 0, last, port: 0)
            guard case .begun(let socket) = kernel.connect(to: .network(address), from: source)
            else {
                Issue.record("not begun")
                return
            }
            settled(socket)
            guard case .accepted(let accepted, let peer) = kernel.accept(on: listener) else {
                Issue.record("not accepted")
                return
            }
            #expect(peer.with(port: 0) == source)
            ports.insert(peer.port)
            kernel.close(socket)
            kernel.close(accepted)
        }
        #expect(ports.count >= 2)
        kernel.close(listener)
    }

    @Test func `The source must be a local address of the same family`() throws {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 16, reusePort: false)
        let foreign = NetworkAddress.ipv4(192, 0, 2, 1, port: 0)
        #expect(kernel.connect(to: .network(address), from: foreign) == .failed(EADDRNOTAVAIL))
        let other = NetworkAddress(numeric: "::1")!
        #expect(kernel.connect(to: .network(address), from: other) == .failed(EAFNOSUPPORT))
        kernel.close(listener)
    }

    @Test func `Nothing listens there`() throws {
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 16, reusePort: false)
        kernel.close(listener)
        switch kernel.connect(to: .network(address), from: nil) {
        case .failed(let number): #expect(number == ECONNREFUSED)
        case .begun(let socket):
            settled(socket)
            #expect(kernel.takeError(of: socket) == ECONNREFUSED)
            // The error has been reported.
            #expect(kernel.takeError(of: socket) == 0)
            kernel.close(socket)
        }
    }

    @Test func `A unix socket by its path`() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-\(UUID().uuidString).socket").path
        var kernel = LinuxKernel()
        #expect(kernel.connect(to: .local(path: path), from: nil) == .failed(ENOENT))
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafeBytes(of: &address) {
            bind(
                listener, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        try #require(status == 0 && listen(listener, 4) == 0)
        defer { unlink(path) }
        guard case .begun(let client) = kernel.connect(to: .local(path: path), from: nil) else {
            Issue.record("not begun")
            return
        }
        settled(client)
        #expect(kernel.takeError(of: client) == 0)
        kernel.close(client)
        kernel.close(FileDescriptor(rawValue: listener))
    }

    @Test(arguments: ["", String(repeating: "x", count: 108)])
    func `A path too long for a socket's address`(path: String) {
        var kernel = LinuxKernel()
        #expect(kernel.connect(to: .local(path: path), from: nil) == .failed(ENAMETOOLONG))
    }

    @Test func `Names are resolved on other threads, and each request gets a result`() throws {
        var kernel = LinuxKernel()
        let wakeup = try kernel.makeWakeup()
        for ticket in 1...200 as ClosedRange<UInt64> {
            let names = ["localhost", "ip6-localhost", "does-not-exist.invalid"]
            kernel.beginResolution(names[Int(ticket % 3)], ticket: ticket, waking: wakeup)
        }
        var found: [UInt64: Resolution] = [:]
        while found.count < 200 {
            var entry = pollfd(fd: wakeup.rawValue, events: Int16(POLLIN), revents: 0)
            try #require(poll(&entry, 1, 30_000) == 1)
            kernel.clearWakeup(wakeup)
            for resolution in kernel.takeResolved() {
                #expect(found.updateValue(resolution, forKey: resolution.ticket) == nil)
            }
        }
        for ticket in 1...200 as ClosedRange<UInt64> where ticket % 3 == 0 {
            #expect(found[ticket]!.status == 0)
            let addresses = found[ticket]!.addresses
            #expect(!addresses.isEmpty)
            #expect(addresses.allSatisfy { $0.isLoopback && $0.port == 0 })
        }
        for ticket in 1...200 as ClosedRange<UInt64> where ticket % 3 == 2 {
            #expect(found[ticket]!.status != 0 && found[ticket]!.addresses.isEmpty)
        }
        // Results of later requests go nowhere.
        kernel.endResolutions()
        kernel.beginResolution("localhost", ticket: 999, waking: wakeup)
        kernel.close(wakeup)
        #expect(kernel.takeResolved().isEmpty)
    }
}

// UNSAFE: connect(2) and related calls. A socket address is written into a sockaddr_storage, which
// is large enough for every family, and is passed on with its own length.
import CLinux
import LibC

extension LinuxKernel {
    /// socket(2) and connect(2), without waiting.
    public mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        guard let target = SocketAddress(address) else { return .failed(ENAMETOOLONG) }
        let socket = Glibc.socket(
            Int32(target.family),
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return .failed(errno) }
        if let failure = Self.connect(socket, target, source) {
            _ = Glibc.close(socket)
            return .failed(failure)
        }
        return .begun(FileDescriptor(rawValue: socket))
    }

    private static func connect(
        _ socket: Int32, _ target: SocketAddress, _ source: NetworkAddress?
    ) -> Int32? {
        if Int32(target.family) != AF_UNIX {
            var on: Int32 = 1
            unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        }
        if let source, Int32(target.family) != AF_UNIX {
            guard let address = SocketAddress(.network(source)) else { return EINVAL }
            // Without this option, bind(2) would reserve a port that no other connection can use.
            clinux_bind_address_no_port(socket)
            let status = unsafe address.withPointer { unsafe bind(socket, $0, $1) }
            if status < 0 { return errno }
        }
        let status = unsafe target.withPointer { unsafe Glibc.connect(socket, $0, $1) }
        // Even if interrupted, the attempt continues in the background: connect(2).
        return status == 0 || errno == EINPROGRESS || errno == EINTR ? nil : errno
    }

    /// getsockopt(2), SO_ERROR.
    public mutating func takeError(of socket: FileDescriptor) -> Int32 {
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let status = unsafe getsockopt(socket.rawValue, SOL_SOCKET, SO_ERROR, &number, &size)
        return status == 0 ? number : errno
    }

    public mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor) {
        if resolver == nil { resolver = NameResolver(waking: waking, wake: Self.wake) }
        resolver?.begin(name, ticket: ticket)
    }

    public mutating func takeResolved() -> [Resolution] { resolver?.takeFinished() ?? [] }

    public mutating func endResolutions() { resolver?.close() }

    /// Looks up the addresses of a host name: getaddrinfo(3), which blocks.
    static func resolution(_ name: String) -> (status: Int32, addresses: [NetworkAddress]) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(name, nil, &hints, &list)
        guard status == 0 else { return (status, []) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var storage = sockaddr_storage()
            let size = min(
                Int(unsafe entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            unsafe memcpy(&storage, entry.pointee.ai_addr, size)
            addresses.append(address(of: storage))
            unsafe next = entry.pointee.ai_next
        }
        return (0, addresses)
    }
}

/// An address as a sockaddr(3type), the form that system calls take.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var byteCount: Int

    var family: sa_family_t { storage.ss_family }

    /// Nil if a path is empty or too long, or if the address is not of IPv4 or IPv6.
    init?(_ address: ConnectAddress) {
        switch address {
        case .network(let address):
            switch address.family {
            case .ipv4:
                byteCount = MemoryLayout<sockaddr_in>.size
                write(UInt16(AF_INET), at: 0)
                write(address.port.bigEndian, at: 2)
                write(UInt32(truncatingIfNeeded: address.low).bigEndian, at: 4)
            case .ipv6:
                byteCount = MemoryLayout<sockaddr_in6>.size
                write(UInt16(AF_INET6), at: 0)
                write(address.port.bigEndian, at: 2)
                write(address.high.bigEndian, at: 8)
                write(address.low.bigEndian, at: 16)
            case .local, .unknown: return nil
            }
        case .local(let path):
            // The path and its terminating zero must fit into sun_path: unix(7).
            guard path.utf8.count < MemoryLayout<sockaddr_un>.size - 2, !path.isEmpty else {
                return nil
            }
            byteCount = 2 + path.utf8.count + 1
            write(UInt16(AF_UNIX), at: 0)
            for (index, byte) in path.utf8.enumerated() { write(byte, at: 2 + index) }
        }
    }

    private mutating func write<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: Value.self)
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(byteCount))
            }
        }
    }
}

extension Resolution {
    /// The text for a ``status``, without a full stop: gai_strerror(3).
    public static func text(of status: Int32) -> String {
        guard status != 0 else { return "No address is known" }
        guard let text = unsafe gai_strerror(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }
}

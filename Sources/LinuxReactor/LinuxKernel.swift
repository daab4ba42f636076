// UNSAFE: the reactor's system calls; LinuxKernel+Connecting and LinuxKernel+Local have the rest.
// Every pointer passed to the kernel comes from a span, with the span's length, or from a local
// variable, and outlives the call.
import CLinux
import LibC

/// Linux itself. There is one for each reactor thread. Its only state is the names being looked up.
public struct LinuxKernel: Kernel, ~Copyable {
    /// Made for the first look-up.
    var resolver: NameResolver?

    /// The kernel of this process; from now on SIGPIPE does not end it.
    public init() { clinux_disarm_sigpipe() }

    // MARK: Time and randomness

    public mutating func monotonicNow() -> Instant {
        Instant(nanoseconds: Self.nanoseconds(of: CLOCK_MONOTONIC))
    }

    public mutating func wallClockNow() -> WallTime {
        WallTime(nanoseconds: Self.nanoseconds(of: CLOCK_REALTIME))
    }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    public mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var filled = 0
            while filled < buffer.count {
                let count = unsafe clinux_random(
                    buffer.baseAddress! + filled, buffer.count - filled)
                if count > 0 {
                    filled += count
                } else {
                    precondition(errno == EINTR, "\(SystemError(errno, "call getrandom"))")
                }
            }
        }
    }

    // MARK: Readiness

    /// epoll_create1(2).
    public mutating func makePoll() throws(SystemError) -> FileDescriptor {
        try Self.descriptor(clinux_epoll_create(), "create an epoll instance")
    }

    /// epoll_ctl(2).
    public mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event(
            events: readiness.rawValue, data: epoll_data_t(u64: token))
        let operation =
            switch change {
            case .add: EPOLL_CTL_ADD
            case .modify: EPOLL_CTL_MOD
            case .remove: EPOLL_CTL_DEL
            }
        if unsafe epoll_ctl(poll.rawValue, operation, descriptor.rawValue, &event) < 0 {
            throw SystemError(errno, "watch descriptor \(descriptor.rawValue)")
        }
    }

    public mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int {
        // Rounded up: waking a little too early would make the loop spin for the last millisecond.
        let milliseconds = timeout.map { Int32(clamping: ($0 &+ 999_999) / 1_000_000) }
        let count = unsafe epoll_wait(
            poll.rawValue, events.base, Int32(clamping: events.capacity), milliseconds ?? -1)
        if count >= 0 { return Int(count) }
        precondition(errno == EINTR, "epoll_wait: \(SystemError(errno, "wait"))")
        return 0
    }

    // MARK: Sockets

    /// accept4(2).
    public mutating func accept(on listener: FileDescriptor) -> AcceptOutcome {
        var storage = sockaddr_storage()
        var size = socklen_t()
        let socket = unsafe clinux_accept(listener.rawValue, &storage, &size)
        if socket >= 0 {
            let peer = Self.address(of: storage)
            return .accepted(FileDescriptor(rawValue: socket), peer)
        }
        switch errno {
        case EAGAIN: return .wouldBlock
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
        case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT: return .failed(errno)
        // accept(2) passes on pending network errors of the new socket; EPERM is from a firewall.
        default: return .skipped
        }
    }

    /// recv(2).
    public mutating func receive(
        from socket: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome {
        unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            while true {
                let count = unsafe recv(socket.rawValue, buffer.baseAddress, buffer.count, 0)
                if count > 0 { return .received(count) }
                if count == 0 { return .endOfStream }
                if errno == EAGAIN { return .wouldBlock }
                if errno != EINTR { return .failed(errno) }
            }
        }
    }

    /// send(2) with MSG_NOSIGNAL.
    public mutating func send(_ bytes: Span<UInt8>, to socket: FileDescriptor) -> SendOutcome {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            while true {
                let count = unsafe Glibc.send(
                    socket.rawValue, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                if count >= 0 { return .sent(count) }
                // ENOBUFS: the device queue is full, which is handled like a blocked socket.
                if errno == EAGAIN || errno == ENOBUFS { return .wouldBlock }
                if errno != EINTR { return .failed(errno) }
            }
        }
    }

    public mutating func shutdownOutput(of socket: FileDescriptor) {
        // A failure means that the connection is already gone; the next receive reports that.
        _ = Glibc.shutdown(socket.rawValue, Int32(SHUT_WR))
    }

    /// close(2).
    public mutating func close(_ descriptor: FileDescriptor) {
        // Linux frees the number even if close(2) returns EINTR; only EBADF would be our bug.
        let result = Glibc.close(descriptor.rawValue)
        precondition(
            result == 0 || errno != EBADF, "closed descriptor \(descriptor.rawValue) twice")
    }

    public mutating func reset(_ socket: FileDescriptor) {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            socket.rawValue, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(socket)
    }

    // MARK: Other descriptors

    public mutating func makeWakeup() throws(SystemError) -> FileDescriptor {
        try Self.descriptor(clinux_eventfd(), "create an eventfd")
    }

    /// Makes a descriptor of ``makeWakeup()`` readable. May be called from any thread.
    @Sendable
    public static func wake(_ descriptor: FileDescriptor) {
        var one: UInt64 = 1
        // EAGAIN means that the counter is at its maximum: the reader is being woken anyway.
        unsafe write(descriptor.rawValue, &one, 8)
    }

    public mutating func clearWakeup(_ descriptor: FileDescriptor) {
        var count: UInt64 = 0
        unsafe read(descriptor.rawValue, &count, 8)
    }

    public mutating func makeReserve() -> FileDescriptor? {
        let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        return descriptor >= 0 ? FileDescriptor(rawValue: descriptor) : nil
    }

    public mutating func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                limit = raised
            }
        }
        return Int(clamping: limit.rlim_cur)
    }

    private static func descriptor(
        _ result: Int32, _ operation: String
    ) throws(SystemError) -> FileDescriptor {
        if result < 0 { throw SystemError(errno, operation) }
        return FileDescriptor(rawValue: result)
    }
}

// MARK: Listening

extension LinuxKernel {
    public mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        switch address {
        case .tcp(let host, let port):
            try Self.listen(host, port, backlog: backlog, reusePort: reusePort)
        case .unix(let path, let mode, let group):
            try listenLocally(path, mode: mode, group: group, backlog: backlog)
        }
    }

    private static func listen(
        _ host: String, _ port: UInt16, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        let operation = "listen on \(host.contains(":") ? "[\(host)]" : host):\(port)"
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // This may block: a name of this machine is looked up once, before the server serves.
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0, let first = unsafe list else {
            throw SystemError(status == EAI_SYSTEM ? errno : EADDRNOTAVAIL, operation)
        }
        defer { unsafe freeaddrinfo(list) }
        let socket = Glibc.socket(
            unsafe first.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if socket < 0 { throw SystemError(errno, operation) }
        var failure: Int32 = 0
        let options = [
            (SOL_SOCKET, SO_REUSEADDR, true), (SOL_SOCKET, SO_REUSEPORT, reusePort),
            (Int32(IPPROTO_TCP), TCP_NODELAY, true),
        ]
        for (level, name, isWanted) in options where isWanted {
            var on: Int32 = 1
            if unsafe setsockopt(socket, level, name, &on, 4) < 0 { failure = errno }
        }
        if failure == 0,
            unsafe bind(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) < 0
                || Glibc.listen(socket, backlog) < 0
        {
            failure = errno
        }
        if failure != 0 {
            _ = Glibc.close(socket)
            throw SystemError(failure, operation)
        }
        return (FileDescriptor(rawValue: socket), localAddress(of: socket))
    }

    public mutating func adoptListener(
        _ listener: FileDescriptor
    ) throws(SystemError) -> NetworkAddress {
        let socket = listener.rawValue
        let operation = "use descriptor \(socket) as a listening socket"
        let flags = fcntl(socket, F_GETFL)
        guard flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) >= 0,
            fcntl(socket, F_SETFD, FD_CLOEXEC) >= 0
        else { throw SystemError(errno, operation) }
        guard clinux_is_listening_stream(socket) > 0 else { throw SystemError(EINVAL, operation) }
        let address = Self.localAddress(of: socket)
        if address.family != .local {
            var on: Int32 = 1
            unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        }
        return address
    }

    private static func localAddress(of socket: Int32) -> NetworkAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(socket, address, &size)
            }
        }
        return status == 0 ? address(of: storage) : .unknown
    }

    static func address(of storage: sockaddr_storage) -> NetworkAddress {
        let family = storage.ss_family
        var storage = storage
        return unsafe withUnsafeBytes(of: &storage) { bytes in
            switch Int32(family) {
            case AF_INET:
                let address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                return NetworkAddress(
                    family: .ipv4, low: UInt64(UInt32(bigEndian: address.sin_addr.s_addr)),
                    port: UInt16(bigEndian: address.sin_port))
            case AF_INET6:
                // sin6_port at 2, sin6_addr at 8: ipv6(7).
                return unsafe NetworkAddress(
                    family: .ipv6,
                    high: UInt64(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                    port: UInt16(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            case AF_UNIX: return NetworkAddress(family: .local)
            default: return .unknown
            }
        }
    }
}

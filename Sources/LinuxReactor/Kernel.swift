// The outside world as one parameter: every system call, clock and random byte that the server
// uses. Production runs on `LinuxKernel`; tests run the same server on a simulated one.

/// The result of recv(2).
public enum ReceiveOutcome: Equatable, Sendable, BitwiseCopyable {
    /// This many bytes are at the front of the buffer; never zero.
    case received(Int)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// The peer has sent FIN: there is no more input.
    case endOfStream
    /// The connection is gone; errno tells how.
    case failed(Int32)
}

/// The result of send(2).
public enum SendOutcome: Equatable, Sendable, BitwiseCopyable {
    /// This many bytes were taken; fewer than offered means that the socket's buffer is full.
    case sent(Int)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// The connection is gone; errno tells how.
    case failed(Int32)
}

/// How far a stream of bytes has come in each direction.
public struct StreamPosition: Hashable, Sendable, BitwiseCopyable {
    /// Bytes that were written to it.
    public var written: UInt64
    /// Bytes that were read from it.
    public var read: UInt64

    /// The position behind this many bytes in each direction.
    public init(written: UInt64, read: UInt64) {
        self.written = written
        self.read = read
    }
}

/// The result of accept4(2).
public enum AcceptOutcome: Equatable, Sendable, BitwiseCopyable {
    /// A new socket, non-blocking and close-on-exec, and the peer's address.
    case accepted(FileDescriptor, NetworkAddress)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// This connection is lost (reset while in the queue, a network error): try the next one.
    case skipped
    /// EMFILE, ENFILE, ENOBUFS or ENOMEM: nothing can be accepted until resources are freed.
    case exhausted(Int32)
    /// The listening socket itself can't be used; the number is errno.
    case failed(Int32)
}

/// The result of connect(2).
public enum ConnectOutcome: Equatable, Sendable, BitwiseCopyable {
    /// A new socket, non-blocking and close-on-exec. It becomes writable when the connection is
    /// established or has failed; ``Kernel/takeError(of:)`` returns which.
    case begun(FileDescriptor)
    /// No connection was begun; errno tells why.
    case failed(Int32)
}

/// What a descriptor is watched for, and what it is ready for; the values of epoll(7).
public struct Readiness: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// EPOLLIN: bytes, an end of stream or a new connection are available.
    @inlinable
    public static var readable: Readiness { Readiness(rawValue: 0x001) }
    /// EPOLLOUT: there is room in the socket's buffer.
    @inlinable
    public static var writable: Readiness { Readiness(rawValue: 0x004) }
    /// EPOLLRDHUP: the peer has sent FIN, perhaps behind bytes that are not read yet.
    @inlinable
    public static var peerEnded: Readiness { Readiness(rawValue: 0x2000) }
    /// EPOLLERR and EPOLLHUP, which are always reported, even if not asked for.
    @inlinable
    public static var failed: Readiness { Readiness(rawValue: 0x018) }
}

/// A change to what epoll(7) watches.
public enum PollChange: Sendable, BitwiseCopyable {
    /// EPOLL_CTL_ADD, EPOLL_CTL_MOD and EPOLL_CTL_DEL, in this order.
    case add, modify, remove
}

/// Where to listen.
public enum ListenAddress: Hashable, Sendable {
    /// A numeric address or a name of this machine, and a port; port 0 means any free port.
    case tcp(host: String, port: UInt16)
    /// A socket in the file system, unix(7). The file gets the permissions `mode` and, unless it is
    /// nil, the group `group`. A socket file that no process listens on any more is replaced. Any
    /// other existing file is left alone, and listening fails.
    case unix(path: String, mode: UInt32 = 0o660, group: UInt32? = nil)
}

/// The process at the other end of a local socket. The kernel records it when the peer connects, so
/// it can't be forged. In a user namespace (PrivateUsers= of systemd.exec(5)) other users' numbers
/// appear as 65534.
public struct PeerCredentials: Hashable, Sendable {
    /// The process that connected. It may have ended, and its number may have been reused.
    public var process: Int32
    /// The number of its effective user.
    public var user: UInt32
    /// The number of its effective group.
    public var group: UInt32
    /// The numbers of its supplementary groups.
    public var groups: [UInt32]

    /// The credentials of a process.
    public init(process: Int32, user: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.process = process
        self.user = user
        self.group = group
        self.groups = groups
    }

    /// Whether its effective group or one of its supplementary groups is `group`.
    public func isMember(of group: UInt32) -> Bool {
        self.group == group || groups.contains(group)
    }
}

/// How much a connection's line carries in some time.
public struct LinePace: Equatable, Sendable, BitwiseCopyable {
    /// Bytes in that time.
    public var byteCount: Int
    /// Whether the socket's buffer was bounded to them, or to what TCP needs at least.
    public var isBounded: Bool

    /// A pace.
    public init(byteCount: Int, isBounded: Bool) {
        self.byteCount = byteCount
        self.isBounded = isBounded
    }
}

/// Where to connect.
public enum ConnectAddress: Hashable, Sendable {
    /// An IPv4 or IPv6 address with a port.
    case network(NetworkAddress)
    /// A unix(7) socket with this path.
    case local(path: String)
}

/// The result of looking up a host name.
public struct Resolution: Hashable, Sendable {
    /// The number that the caller gave to the look-up.
    public let ticket: UInt64
    /// 0, or an EAI_ error number of getaddrinfo(3).
    public let status: Int32
    /// The addresses in the order in which they should be tried (RFC 6724), with port 0.
    public let addresses: [NetworkAddress]

    /// The result of one look-up.
    public init(ticket: UInt64, status: Int32, addresses: [NetworkAddress]) {
        self.ticket = ticket
        self.status = status
        self.addresses = addresses
    }
}

/// Everything that the outside world decides. `LinuxKernel` is the only real implementation.
///
/// All calls are made from the reactor's thread. Only ``wait(on:into:timeout:)`` may block. Callers
/// never see EINTR: the implementation repeats the call.
public protocol Kernel: ~Copyable {
    // Time and randomness.

    /// CLOCK_MONOTONIC.
    mutating func monotonicNow() -> Instant
    /// CLOCK_REALTIME.
    mutating func wallClockNow() -> WallTime
    /// Fills the span with unpredictable bytes: getrandom(2).
    mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>)

    /// The CPU time that the calling thread has used, in nanoseconds: CLOCK_THREAD_CPUTIME_ID.
    mutating func threadCPUTime() -> UInt64
    /// memory.high of the process's control group or of one around it, the smallest; nil if none is
    /// set (cgroups(7)).
    mutating func memoryHigh() -> Int?
    /// The bytes that byte buffers have allocated: `BufferMemory`.
    mutating func bufferByteCount() -> Int

    // Readiness: epoll(7), level-triggered.

    /// A new epoll instance: epoll_create1(2).
    mutating func makePoll() throws(SystemError) -> FileDescriptor
    /// Changes what is watched: epoll_ctl(2). Each event of `descriptor` carries `token`.
    mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError)
    /// Waits until a watched descriptor is ready or `timeout` nanoseconds have passed (nil:
    /// forever), and returns how many events it has put into `events`: epoll_wait(2).
    mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int

    // Sockets.

    /// Makes a listening, non-blocking socket: socket(2), bind(2), listen(2). Returns it with its
    /// actual address. A TCP socket has TCP_NODELAY set, which accepted sockets inherit.
    mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress)
    /// Takes over a listening socket that another process opened: makes it non-blocking and
    /// close-on-exec, and returns its address. Throws if it is not a listening stream socket.
    mutating func adoptListener(_ listener: FileDescriptor) throws(SystemError) -> NetworkAddress
    /// Removes the file of a listening socket that this process made. Called before the socket is
    /// closed.
    mutating func removeSocketFile(_ path: String)
    /// The process that connected a local socket: SO_PEERCRED and SO_PEERGROUPS. Nil if it is not a
    /// local socket.
    mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials?
    /// Takes the next connection from the queue: accept4(2).
    mutating func accept(on listener: FileDescriptor) -> AcceptOutcome
    /// Begins a connection: socket(2) with TCP_NODELAY, and connect(2). A `source` is the local
    /// address to connect from. Its port is chosen late, so that one address can have 28,000
    /// connections to each server's port (IP_BIND_ADDRESS_NO_PORT).
    mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome
    /// Returns and clears a socket's pending error, as errno: SO_ERROR. 0 if there is none.
    mutating func takeError(of socket: FileDescriptor) -> Int32
    /// Receives once, at most as many bytes as fit into the buffer: recv(2).
    mutating func receive(
        from socket: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome
    /// Sends once: send(2) without SIGPIPE.
    mutating func send(_ bytes: Span<UInt8>, to socket: FileDescriptor) -> SendOutcome
    /// Bounds the bytes that a TCP socket takes before they can be sent: TCP_NOTSENT_LOWAT.
    mutating func limitUnsent(of socket: FileDescriptor, to byteCount: Int)
    /// How many bytes were written to a TCP socket and read from it so far; each has a constant of
    /// the socket added: TCP_INFO, SIOCOUTQ, SIOCINQ. Nil for a local socket.
    mutating func position(of socket: FileDescriptor) -> StreamPosition?
    /// Ends a connection of which another process may have a copy, with FIN or RST; the descriptor
    /// stays open: shutdown(2), connect(2) to AF_UNSPEC.
    mutating func endCopies(of socket: FileDescriptor, reset: Bool)
    /// How many bytes of ours the peer's TCP has acknowledged: TCP_INFO. Nil for a local socket.
    mutating func acknowledgedByteCount(of socket: FileDescriptor) -> UInt64?
    /// Bounds what a TCP socket has on the way to what the peer takes in this time at its latest
    /// speed: TCP_INFO, SO_SNDBUF. Nil if the speed is not known. A line that is fast enough is
    /// left to the kernel; `wasBounded` says whether it has to be given back, and `mayWiden`
    /// whether it may be bounded less now, which is good only some times a second.
    mutating func limitDelay(
        of socket: FileDescriptor, to nanoseconds: UInt64, wasBounded: Bool, mayWiden: Bool
    ) -> LinePace?
    /// Sends FIN after the queued output; the peer may continue to send: shutdown(2).
    mutating func shutdownOutput(of socket: FileDescriptor)
    /// Closes a descriptor, which must be open: close(2).
    mutating func close(_ descriptor: FileDescriptor)
    /// Closes a socket at once with RST (SO_LINGER 0), so that the kernel keeps no orphaned socket
    /// with unsent output.
    mutating func reset(_ socket: FileDescriptor)

    // Names.

    /// Begins to look up a host name, on another thread, since getaddrinfo(3) blocks. When it is
    /// done, `waking` becomes readable and ``takeResolved()`` returns the result with this
    /// `ticket`.
    mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor)
    /// The look-ups that have finished since the last call.
    mutating func takeResolved() -> [Resolution]
    /// Stops using the wake-up descriptor and drops pending look-ups. Called before the descriptor
    /// is closed.
    mutating func endResolutions()

    // Other descriptors.

    /// Makes a descriptor that any thread can make readable: eventfd(2).
    mutating func makeWakeup() throws(SystemError) -> FileDescriptor
    /// Clears the pending wake-ups, so that the descriptor is no longer readable.
    mutating func clearWakeup(_ descriptor: FileDescriptor)
    /// Makes a descriptor that becomes readable when one of these signals comes: sigaction(2). They
    /// do nothing else from then on.
    mutating func makeSignalSource(_ signals: [Int32]) throws(SystemError) -> FileDescriptor
    /// Unblocks the source's signals in the calling thread: pthread_sigmask(3).
    mutating func unblockSignals(of source: FileDescriptor)
    /// Takes the next pending signal; nil if there is none.
    mutating func readSignal(_ source: FileDescriptor) -> Int32?
    /// Closes the source. Signals that no other source watches do again what they did before.
    mutating func closeSignalSource(_ source: FileDescriptor)
    /// Whether the process ignores the signal: SIG_IGN.
    mutating func ignoresSignal(_ signal: Int32) -> Bool
    /// Opens a spare descriptor, to be closed when the process has no free descriptor left. Nil if
    /// none could be opened.
    mutating func makeReserve() -> FileDescriptor?
    /// Raises the soft limit on open files to the hard limit, and returns the limit: setrlimit(2).
    mutating func raiseDescriptorLimit() -> Int
}

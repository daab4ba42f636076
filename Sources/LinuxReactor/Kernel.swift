// The outside world as one parameter: every system call, clock and random byte that the server
// uses. Production runs on `LinuxKernel`; tests run the same server on a simulated one.

/// What recv(2) came to.
public enum ReceiveOutcome: Equatable, Sendable, BitwiseCopyable {
    /// So many bytes were put at the front of the buffer; never zero.
    case received(Int)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// The peer sent FIN: nothing more comes.
    case endOfStream
    /// The connection is gone; errno tells how.
    case failed(Int32)
}

/// What send(2) came to.
public enum SendOutcome: Equatable, Sendable, BitwiseCopyable {
    /// So many bytes were taken; fewer than offered means that the socket's buffer is full.
    case sent(Int)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// The connection is gone; errno tells how.
    case failed(Int32)
}

/// What accept4(2) came to.
public enum AcceptOutcome: Equatable, Sendable, BitwiseCopyable {
    /// A new socket, non-blocking and close-on-exec, and who is at its other end.
    case accepted(FileDescriptor, NetworkAddress)
    /// Nothing now; epoll(7) tells when to try again.
    case wouldBlock
    /// This one is lost (it was reset in the queue, a network error): the next may do.
    case skipped
    /// EMFILE, ENFILE, ENOBUFS or ENOMEM: nothing can be accepted until something is given back.
    case exhausted(Int32)
    /// The listening socket itself is unusable.
    case failed(Int32)
}

/// What connect(2) came to.
public enum ConnectOutcome: Equatable, Sendable, BitwiseCopyable {
    /// A new socket, non-blocking and close-on-exec. It becomes writable when the connection is
    /// there or has failed: ``Kernel/takeError(of:)`` says which.
    case begun(FileDescriptor)
    /// Nothing was begun; errno tells why.
    case failed(Int32)
}

/// What a descriptor is watched for, and what was seen of it; the values of epoll(7).
public struct Readiness: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// EPOLLIN: there are bytes, an end of stream or a connection to be had.
    @inlinable
    public static var readable: Readiness { Readiness(rawValue: 0x001) }
    /// EPOLLOUT: there is room in the socket.
    @inlinable
    public static var writable: Readiness { Readiness(rawValue: 0x004) }
    /// Always reported, never asked for: EPOLLERR and EPOLLHUP.
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
    /// A numeric address or a name of this machine, and a port; port 0 takes a free one.
    case tcp(host: String, port: UInt16)
    /// A socket in the file system, unix(7). The file gets the permissions `mode`, and `group` as
    /// its group unless that is nil. A socket that nobody listens on any more is replaced; any
    /// other file is left alone, and is an error.
    case unix(path: String, mode: UInt32 = 0o660, group: UInt32? = nil)
}

/// Who is at the other end of a local socket: the kernel noted it when the peer connected, and
/// nobody can forge it. Within a user namespace (PrivateUsers= of systemd.exec(5)) other users'
/// numbers read as 65534.
public struct PeerCredentials: Hashable, Sendable {
    /// The process that connected; it may be gone, and its number be another's.
    public var process: Int32
    /// Its effective user.
    public var user: UInt32
    /// Its effective group.
    public var group: UInt32
    /// Its supplementary groups.
    public var groups: [UInt32]

    /// The credentials of a process.
    public init(process: Int32, user: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.process = process
        self.user = user
        self.group = group
        self.groups = groups
    }

    /// Whether it belongs to a group, by its effective or a supplementary one.
    public func isMember(of group: UInt32) -> Bool {
        self.group == group || groups.contains(group)
    }
}

/// Where to connect.
public enum ConnectAddress: Hashable, Sendable {
    /// An address of IPv4 or IPv6, with its port.
    case network(NetworkAddress)
    /// A unix(7) socket of this path.
    case local(path: String)
}

/// A name that was looked up.
public struct Resolution: Hashable, Sendable {
    /// What the caller calls it.
    public let ticket: UInt64
    /// 0, or one of the EAI_ numbers of getaddrinfo(3).
    public let status: Int32
    /// The addresses in the order in which they should be tried (RFC 6724), with port 0.
    public let addresses: [NetworkAddress]

    /// The outcome of one look-up.
    public init(ticket: UInt64, status: Int32, addresses: [NetworkAddress]) {
        self.ticket = ticket
        self.status = status
        self.addresses = addresses
    }
}

/// Everything that the outside world decides. `LinuxKernel` is the one real implementation.
///
/// All calls are made from the reactor's thread and none blocks, except ``wait(on:into:timeout:)``.
/// EINTR never shows: the implementation repeats the call.
public protocol Kernel: ~Copyable {
    // Time and chance.

    /// CLOCK_MONOTONIC.
    mutating func monotonicNow() -> Instant
    /// CLOCK_REALTIME.
    mutating func wallClockNow() -> WallTime
    /// Fills the span with bytes nobody can predict: getrandom(2).
    mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>)

    // Readiness: epoll(7), level-triggered.

    /// A new epoll instance: epoll_create1(2).
    mutating func makePoll() throws(SystemError) -> FileDescriptor
    /// Changes what is watched: epoll_ctl(2). Each event of `descriptor` brings `token` back.
    mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError)
    /// Waits until something is ready or `timeout` nanoseconds have passed (nil: for ever), and
    /// returns how many events it put into `events`.
    mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int

    // Sockets.

    /// A listening, non-blocking socket, and the address that it got. One of TCP has TCP_NODELAY
    /// set, which accepted sockets inherit.
    mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress)
    /// Takes over a listening socket that somebody else opened: makes it non-blocking and
    /// close-on-exec, and returns its address.
    mutating func adoptListener(_ listener: FileDescriptor) throws(SystemError) -> NetworkAddress
    /// Removes the file of a listening socket that this process made, before it is closed.
    mutating func removeSocketFile(_ path: String)
    /// Who connected a local socket: SO_PEERCRED and SO_PEERGROUPS. Nil if it is none.
    mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials?
    /// Takes the next connection from the queue: accept4(2).
    mutating func accept(on listener: FileDescriptor) -> AcceptOutcome
    /// Begins a connection: socket(2) with TCP_NODELAY, and connect(2). With a `source` it comes
    /// from there; its port is chosen late, so that one address can have 28,000 connections to each
    /// server's port (IP_BIND_ADDRESS_NO_PORT).
    mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome
    /// What has happened to a socket, as errno, and forgets it: SO_ERROR. 0 if nothing has.
    mutating func takeError(of socket: FileDescriptor) -> Int32
    /// Receives once, at most as much as the buffer holds: recv(2).
    mutating func receive(
        from socket: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome
    /// Sends once: send(2) without SIGPIPE.
    mutating func send(_ bytes: Span<UInt8>, to socket: FileDescriptor) -> SendOutcome
    /// Sends FIN after what is queued; the peer may go on sending.
    mutating func shutdownOutput(of socket: FileDescriptor)
    /// Gives a descriptor back: close(2). It must be open.
    mutating func close(_ descriptor: FileDescriptor)
    /// Closes at once with RST (SO_LINGER 0), so that no orphan with a full buffer stays behind.
    mutating func reset(_ socket: FileDescriptor)

    // Names.

    /// Begins to look a host's name up, on another thread: getaddrinfo(3) blocks. `waking` becomes
    /// readable when it is done, and ``takeResolved()`` has it.
    mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor)
    /// The look-ups that are done, each once.
    mutating func takeResolved() -> [Resolution]
    /// Wakes nobody up any more: called before the descriptor is closed.
    mutating func endResolutions()

    // Other descriptors.

    /// A descriptor that any thread can make readable: eventfd(2).
    mutating func makeWakeup() throws(SystemError) -> FileDescriptor
    /// Takes the pending wake-ups, so that the descriptor is no longer readable.
    mutating func clearWakeup(_ descriptor: FileDescriptor)
    /// Blocks these signals for the thread and makes them readable: signalfd(2).
    mutating func makeSignalSource(_ signals: [Int32]) throws(SystemError) -> FileDescriptor
    /// The next pending signal, or nil.
    mutating func readSignal(_ descriptor: FileDescriptor) -> Int32?
    /// A descriptor held only to be given up when there are no others.
    mutating func makeReserve() -> FileDescriptor?
    /// How many descriptors this process may hold, after raising the soft limit to the hard one.
    mutating func raiseDescriptorLimit() -> Int
}

// What has to be asked of the sockets on the loopback, to know that everything has arrived.
import Glibc
import LinuxReactor

/// A connection on the loopback.
struct Link {
    /// The other end's socket; ``FileDescriptor/none`` if it is closed, or was never there.
    var peer = FileDescriptor.none
    /// The port of the other end.
    var port: UInt16 = 0
    /// The server's socket: nil before it is accepted.
    var server: FileDescriptor?
    var isLocal = false
    /// Nobody answers.
    var isPending = false
    var listener: ListenerName?
    /// Other descriptors of the server's socket.
    var duplicates: [FileDescriptor] = []
    /// There is more in the server's socket than the other end has room for.
    var isFull = false

    init(peer: FileDescriptor = .none, isLocal: Bool = false, listener: ListenerName? = nil) {
        self.peer = peer
        self.isLocal = isLocal
        self.listener = listener
    }

    /// A descriptor of the server's socket, if there is one.
    private var serverEnd: FileDescriptor? {
        server.flatMap { $0 == .none ? duplicates.first : $0 }
    }

    /// Whether nothing is on the way. Local sockets take no time.
    var isSettled: Bool {
        if isLocal || isPending { return true }
        let isServerGone = server != nil && serverEnd == nil
        if let serverEnd {
            guard Loopback.isSettled(serverEnd, otherIsGone: peer == .none, isFull: isFull)
            else { return false }
        }
        return peer == .none
            || Loopback.isSettled(peer, otherIsGone: isServerGone, isFull: false)
    }

    /// Sends acknowledgements that TCP would delay, by up to 40 ms.
    func acknowledge() {
        if isLocal { return }
        if let serverEnd { Loopback.acknowledge(serverEnd) }
        if peer != .none { Loopback.acknowledge(peer) }
    }
}

enum Loopback {
    /// Whether everything that an end has sent has arrived, and its other end's last word too.
    static func isSettled(_ end: FileDescriptor, otherIsGone: Bool, isFull: Bool) -> Bool {
        switch Int(state(of: end)) {
        case TCP_CLOSE: return true
        case TCP_SYN_SENT, TCP_SYN_RECV: return false
        // What the other end has sent when it was closed: FIN or RST.
        case TCP_ESTABLISHED where otherIsGone, TCP_FIN_WAIT1 where otherIsGone,
            TCP_FIN_WAIT2 where otherIsGone:
            return false
        default: return isFull || unacknowledgedByteCount(of: end) == 0
        }
    }

    /// The state of TCP is the first byte of TCP_INFO.
    private static func state(of socket: FileDescriptor) -> UInt8 {
        var state: UInt8 = 0
        var size = socklen_t(1)
        getsockopt(socket.rawValue, Int32(IPPROTO_TCP), TCP_INFO, &state, &size)
        return state
    }

    /// SIOCOUTQ; a FIN counts as a byte.
    private static func unacknowledgedByteCount(of socket: FileDescriptor) -> Int32 {
        var count: Int32 = 0
        _ = ioctl(socket.rawValue, UInt(TIOCOUTQ), &count)
        return count
    }

    static func acknowledge(_ socket: FileDescriptor) {
        set(socket, Int32(IPPROTO_TCP), TCP_QUICKACK, 1)
    }

    static func setSendBuffer(of socket: FileDescriptor, to byteCount: Int32) {
        set(socket, SOL_SOCKET, SO_SNDBUF, byteCount)
    }

    private static func set(
        _ socket: FileDescriptor, _ level: Int32, _ name: Int32, _ value: Int32
    ) {
        var value = value
        setsockopt(socket.rawValue, level, name, &value, 4)
    }

    static func duplicate(_ socket: FileDescriptor) -> FileDescriptor {
        FileDescriptor(rawValue: fcntl(socket.rawValue, F_DUPFD_CLOEXEC, 3))
    }

    static func port(of socket: FileDescriptor) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket.rawValue, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// A port of 127.0.0.1 that is taken, and nobody listens on it.
    static func refusingPort() -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(status == 0, "bind(2)")
        return port(of: FileDescriptor(rawValue: socket))
    }
}

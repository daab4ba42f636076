// UNSAFE: fills a sockaddr_un and passes spans to sendto(2). Every pointer comes from a local
// variable or a span, with its length, and outlives the call.
import LibC
import LinuxReactor

/// A socket for datagrams to a service manager's NOTIFY_SOCKET, or to the journal. If the receiver
/// has no room, sending fails at once: a server must never wait for it, unless it says so.
struct DatagramSocket: ~Copyable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressByteCount: socklen_t

    private init(_ descriptor: Int32, _ address: sockaddr_un, _ addressByteCount: Int) {
        self.descriptor = descriptor
        self.address = address
        self.addressByteCount = socklen_t(addressByteCount)
    }

    /// A socket that sends to this path; "@name" is an abstract address of Linux. Nil if the path
    /// is relative or too long, or if no descriptor is left. With a limit a sender waits so long
    /// for room.
    static func open(_ path: String, waitingFor limit: Duration? = nil) -> DatagramSocket? {
        let bytes = Array(path.utf8)
        var address = sockaddr_un()
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: bytes)
            // An abstract name begins with a zero byte and does not end with one: unix(7).
            if isAbstract { unsafe target[0] = 0 }
        }
        let mode = limit == nil ? SOCK_NONBLOCK.rawValue : 0
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | mode), 0)
        guard descriptor >= 0 else { return nil }
        if let limit {
            var time = timeval(tv_sec: Int(limit.components.seconds), tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        }
        let byteCount = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
        return DatagramSocket(descriptor, address, byteCount)
    }

    deinit { _ = close(descriptor) }

    /// Sends one datagram and returns 0 or errno: EAGAIN if the receiver's queue is full, ENOENT or
    /// ECONNREFUSED if there is no receiver, EMSGSIZE if the datagram is too long.
    func send(_ bytes: Span<UInt8>) -> Int32 {
        var address = address
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe bytes.withUnsafeBufferPointer { buffer in
                    while true {
                        let count = unsafe sendto(
                            descriptor, buffer.baseAddress, buffer.count,
                            Int32(MSG_NOSIGNAL), target, addressByteCount)
                        if count >= 0 { return 0 }
                        if errno != EINTR { return errno }
                    }
                }
            }
        }
    }

    /// Sends one datagram with copies of descriptors: SCM_RIGHTS of unix(7). Returns 0 or errno.
    func send(_ bytes: [UInt8], with descriptors: [FileDescriptor]) -> Int32 {
        var address = address
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                unsafe Carrier.send(
                    bytes, with: descriptors[...], over: FileDescriptor(rawValue: descriptor),
                    to: target, addressByteCount)
            }
        }
    }
}

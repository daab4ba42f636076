// UNSAFE: fills a sockaddr_un and hands spans to sendto(2); every pointer is a local's or a span's
// and outlives the call, with that one's length.
import Glibc
import LinuxReactor

/// Where datagrams go that must never make the sender wait: a service manager's NOTIFY_SOCKET, the
/// journal. What the receiver has no room for is refused at once.
struct DatagramSocket: ~Copyable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressByteCount: socklen_t

    private init(_ descriptor: Int32, _ address: sockaddr_un, _ addressByteCount: Int) {
        self.descriptor = descriptor
        self.address = address
        self.addressByteCount = socklen_t(addressByteCount)
    }

    /// A socket that sends to this path; "@name" is one of Linux's abstract addresses. Nil if there
    /// can be no such socket: a path that is relative or too long, or no descriptor left.
    static func open(_ path: String) -> DatagramSocket? {
        let bytes = Array(path.utf8)
        var address = sockaddr_un()
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: bytes)
            // An abstract name begins with a zero byte, and has none behind it: unix(7).
            if isAbstract { unsafe target[0] = 0 }
        }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let byteCount = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
        return DatagramSocket(descriptor, address, byteCount)
    }

    deinit { _ = close(descriptor) }

    /// Sends one datagram and returns 0, or errno: EAGAIN if the receiver's queue is full, ENOENT
    /// or ECONNREFUSED if nobody is there, EMSGSIZE if it is too long.
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
}

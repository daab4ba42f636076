// A local datagram socket in place of the service manager's or the journal's.
import Foundation
import Glibc

/// A bound AF_UNIX datagram socket, and the datagrams sent to it.
public final class DatagramReceiver {
    /// The path to send to.
    public let path: String
    /// -1 once it is closed: its number may be somebody else's then.
    public private(set) var descriptor: Int32

    /// Binds a new path; `bufferByteCount` is the size of its receive buffer.
    public init(bufferByteCount: Int32? = nil) {
        path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).sock"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var count = bufferByteCount {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &count, 4)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafeBytes(of: &address) { bytes in
            bind(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        precondition(status == 0, "bind \(path): \(errno)")
        setTimeLimit(seconds: 15)
    }

    deinit { close() }

    /// Closes the socket: later sends fail.
    public func close() {
        guard descriptor >= 0 else { return }
        unlink(path)
        Glibc.close(descriptor)
        descriptor = -1
    }

    private func setTimeLimit(seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next datagram; nil if none comes within 15 s, or if none has come and `waits` is false.
    public func next(waits: Bool = true) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        let count = recv(
            descriptor, &buffer, buffer.count, waits ? 0 : Int32(MSG_DONTWAIT))
        return count >= 0 ? Array(buffer[..<count]) : nil
    }

    /// Datagrams as texts, up to and including the first that satisfies the condition; nil without
    /// one.
    public func texts(until condition: (String) -> Bool) -> [String]? {
        var texts: [String] = []
        while let bytes = next() {
            texts.append(String(decoding: bytes, as: UTF8.self))
            if condition(texts.last!) { return texts }
        }
        return nil
    }
}

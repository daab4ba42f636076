// A connection to a real redis-server, to compare with.
import Glibc

/// A blocking connection over a socket of the file system.
final class RealRedis {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let descriptor: Int32

    init(socket path: String) throws(Failure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw Failure(description: "no Redis at \(path): \(errno)") }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "Redis takes nothing: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// All that comes, up to the answer to a PING behind it.
    func receiveUpToPong() throws(Failure) -> [UInt8] {
        let pong = Array("+PONG\r\n".utf8)
        var received: [UInt8] = []
        while received.suffix(pong.count) != pong[...] {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                throw Failure(
                    description: "no answer (\(errno)), only "
                        + String(decoding: received, as: UTF8.self))
            }
            received += buffer[..<count]
        }
        return received
    }
}

// UNSAFE: asks the kernel about processors and limits; what it fills in are locals.
import CBench
import Foundation
import Glibc

/// What the machine offers, and what it limits.
enum Machine {
    /// The processors that this process may run on, by number.
    static var processors: [Int] {
        var numbers = [Int32](repeating: 0, count: 1024)
        let count = unsafe cbench_processors(&numbers, Int32(numbers.count))
        return numbers[..<Int(count)].map { Int($0) }
    }

    /// Makes this process, and the processes that it starts from now on, run only on these
    /// processors. Where the kernel does not allow it, nothing changes.
    static func pin(to processors: [Int]) {
        guard !processors.isEmpty else { return }
        let numbers = processors.map { Int32($0) }
        _ = unsafe cbench_pin(numbers, Int32(numbers.count))
    }

    /// Raises the soft limit on open files to the hard one, and returns it.
    @discardableResult
    static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_max)
    }

    /// Connections that one process can hold here, with some descriptors left for itself.
    static var connectionsPerProcess: Int { max(1, raiseDescriptorLimit() - 100) }

    /// Ephemeral ports of one local address: how many connections it can have to one server port.
    static var portsPerAddress: Int {
        let range =
            (try? String(
                contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8))?
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard let range, range.count == 2 else { return 28_000 }
        // Other programs always use some of them.
        return max(1, range[1] - range[0] - 200)
    }

    /// A port of 127.0.0.1 that was free just now.
    static func freePort() -> UInt16? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard unsafe bind(socket, pointer, size) == 0 else { return Int32(-1) }
            return unsafe getsockname(socket, pointer, &size)
        }
        return status == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    /// Whether a program listens on a port of 127.0.0.1.
    static func isListening(on port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe connect(
                socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)) == 0
        }
    }

    /// "Intel Xeon …, 2 processors, Linux 6.18": what a figure was measured on.
    static var summary: String {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }?
            .trimmingCharacters(in: .whitespaces)
        let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let count = processors.count
        return [
            model ?? "unknown processor", count == 1 ? "1 processor" : "\(count) processors",
            "Linux \(release ?? "")",
        ].joined(separator: ", ")
    }
}

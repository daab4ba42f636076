// Unpredictable bytes, taken from the kernel in advance and handed out to the handler.
import LinuxReactor

/// A supply of random bytes that is refilled between the handler's calls, so that randomness also
/// comes through the ``Kernel`` and a simulated run can be repeated.
struct RandomPool {
    private static let supplyByteCount = 4096
    private var bytes = [UInt8](repeating: 0, count: supplyByteCount)
    /// Bytes from this index on have not been handed out.
    private var next = supplyByteCount

    /// Returns `count` bytes; each byte is handed out once.
    mutating func take(_ count: Int) -> [UInt8] {
        if count <= bytes.count - next {
            defer { next += count }
            return Array(bytes[next..<next + count])
        }
        // The handler wants more in one call than the supply has: the system's generator makes it.
        var system = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &system) }
    }

    mutating func refill<K: Kernel & ~Copyable>(_ kernel: inout K) {
        guard next > bytes.count / 2 else { return }
        var span = bytes.mutableSpan
        kernel.fillRandom(&span)
        next = 0
    }
}

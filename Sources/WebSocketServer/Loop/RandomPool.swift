// Unpredictable bytes, fetched by the server from its kernel and handed out to the handler.
import LinuxReactor

/// A supply of random bytes that is refilled between the handler's calls, so that even random
/// comes through the ``Kernel`` and a simulated run can be repeated.
struct RandomPool {
    private static let supplyByteCount = 4096
    private var bytes = [UInt8](repeating: 0, count: supplyByteCount)
    /// Bytes from here on have not been given out.
    private var next = supplyByteCount

    /// Every byte is given out once.
    mutating func take(_ count: Int) -> [UInt8] {
        if count <= bytes.count - next {
            defer { next += count }
            return Array(bytes[next..<next + count])
        }
        // A single call of the handler wants more than the supply: the system's generator has it.
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

// UNSAFE: passes a local variable to C, which writes it during the call.
import CLinux

extension LinuxKernel {
    /// Above this a socket's buffer is left to the kernel, which adapts it to the connection; it is
    /// also what net.core.wmem_max allows by default.
    private static var largestBound: Int { 208 * 1024 }
    /// Some segments: with fewer under way TCP notices a loss only when its timer fires.
    private static var leastBound: Int { 16 * 1024 }

    /// TCP_NOTSENT_LOWAT.
    public mutating func limitUnsent(of socket: FileDescriptor, to byteCount: Int) {
        clinux_limit_unsent(socket.rawValue, UInt32(clamping: byteCount))
    }

    /// tcpi_bytes_acked of TCP_INFO.
    public mutating func acknowledgedByteCount(of socket: FileDescriptor) -> UInt64? {
        var delivery = clinux_delivery()
        guard unsafe clinux_delivery(socket.rawValue, &delivery) == 0 else { return nil }
        return delivery.acknowledged
    }

    /// SO_SNDBUF, from what TCP_INFO says. What is under way takes one round trip, so both give the
    /// line's speed. TCP's own estimate (tcpi_delivery_rate) does not fall while our bound limits
    /// it.
    public mutating func limitDelay(
        of socket: FileDescriptor, to nanoseconds: UInt64, wasBounded: Bool
    ) -> LinePace? {
        var delivery = clinux_delivery()
        guard unsafe clinux_delivery(socket.rawValue, &delivery) == 0, delivery.round_trip > 0,
            delivery.under_way > 0
        else { return nil }
        // Less than two round trips' worth would be less than the connection can carry.
        let target = max(Double(nanoseconds) / 1000, 2 * Double(delivery.least_round_trip))
        let delay = Double(delivery.round_trip)
        let byteCount = Int(min(Double(delivery.under_way) * target / delay, 1e9))
        if delay > target {
            let bound = min(max(byteCount, Self.leastBound), Self.largestBound)
            clinux_set_send_buffer(socket.rawValue, Int32(bound))
            return LinePace(byteCount: byteCount, isBounded: true)
        }
        // Between half of the target and the target the bound stays as it is.
        let isBounded = wasBounded && (delay > target / 2 || widen(socket))
        return LinePace(byteCount: byteCount, isBounded: isBounded)
    }

    /// The queue is short: bounds what is under way less, or in the end no longer, which is false.
    /// In small steps, since a queue shows a round trip after it has filled.
    private func widen(_ socket: FileDescriptor) -> Bool {
        let bound = Int(clinux_send_buffer(socket.rawValue)) * 5 / 4
        guard bound > 0, bound < Self.largestBound else {
            clinux_free_send_buffer(socket.rawValue)
            return false
        }
        clinux_set_send_buffer(socket.rawValue, Int32(bound))
        return true
    }
}

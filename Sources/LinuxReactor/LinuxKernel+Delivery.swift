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

    /// TCP_INFO, SIOCOUTQ, SIOCINQ.
    public mutating func position(of socket: FileDescriptor) -> StreamPosition? {
        var position = StreamPosition(written: 0, read: 0)
        guard
            unsafe clinux_position(socket.rawValue, &position.written, &position.read) == 0
        else { return nil }
        return position
    }

    /// shutdown(2), or connect(2) to AF_UNSPEC.
    public mutating func endCopies(of socket: FileDescriptor, reset: Bool) {
        clinux_end_copies(socket.rawValue, reset ? 1 : 0)
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
        of socket: FileDescriptor, to nanoseconds: UInt64, wasBounded: Bool, mayWiden: Bool
    ) -> LinePace? {
        var delivery = clinux_delivery()
        guard unsafe clinux_delivery(socket.rawValue, &delivery) == 0, delivery.round_trip > 0,
            delivery.under_way > 0
        else { return nil }
        // Less than two round trips' worth would be less than the connection can carry.
        let target = max(Double(nanoseconds) / 1000, 2 * Double(delivery.least_round_trip))
        let delay = Self.delay(delivery)
        let byteCount = Int(min(Double(delivery.under_way) * target / delay, 1e9))
        let first = Self.firstBound(delivery)
        if first == nil, delay <= target, !wasBounded {
            return LinePace(byteCount: byteCount, isBounded: false)
        }
        let before = wasBounded ? Int(clinux_send_buffer(socket.rawValue)) : .max
        var bound = before
        if delay > target {
            bound = min(byteCount, before)
        } else if let first {
            bound = min(byteCount, first)
        } else if delay <= target / 2, mayWiden {
            // In small steps, since a queue shows a round trip after it has filled.
            bound = before / 4 * 5
        }
        bound = max(bound, Self.leastBound)
        if bound < Self.largestBound {
            if bound != before { clinux_set_send_buffer(socket.rawValue, Int32(bound)) }
        } else {
            clinux_free_send_buffer(socket.rawValue)
        }
        return LinePace(byteCount: byteCount, isBounded: bound < Self.largestBound)
    }

    /// The bound of a connection whose line is not known yet, which grows by half in each round
    /// trip. Nil when the line is known.
    private static func firstBound(_ delivery: clinux_delivery) -> Int? {
        let bound = max(leastBound, Int(clamping: delivery.acknowledged) / 2)
        return bound < largestBound ? bound : nil
    }

    /// How long what is under way will take, in microseconds.
    ///
    /// TCP's round trip is an average over many acknowledgements, and says too late that the first
    /// bytes have filled a queue. So a new connection's speed is what it has carried so far.
    private static func delay(_ delivery: clinux_delivery) -> Double {
        let roundTrip = Double(delivery.round_trip)
        guard delivery.acknowledged > 0, firstBound(delivery) != nil else { return roundTrip }
        let speed = Double(delivery.acknowledged) / Double(max(delivery.busy, 1))
        return max(roundTrip, Double(delivery.under_way) / speed)
    }
}

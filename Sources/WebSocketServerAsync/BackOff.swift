// How long to wait before another connection.
import WebSocketServer

/// The time between connections that fail: it doubles from ``first`` to ``limit``. From each, a
/// random part of up to a half is taken, so that clients that were lost together do not come back
/// together.
public struct BackOff: Sendable {
    /// The time after the first failure.
    public var first = Duration.milliseconds(500)
    /// The longest time.
    public var limit = Duration.seconds(30)
    /// A connection that lasted as long counts as a success: the time after it is ``first`` again.
    public var steadyTime = Duration.seconds(10)

    /// The defaults.
    public init() {}

    /// The time to wait when `failureCount` connections have failed before this one.
    func delay(after failureCount: Int) -> Duration {
        var random = SystemRandomNumberGenerator()
        return delay(after: failureCount, &random)
    }

    func delay(after failureCount: Int, _ random: inout some RandomNumberGenerator) -> Duration {
        // Beyond 2^20 of them there is no need to double further.
        let whole = min(limit, first * Double(1 << min(max(0, failureCount), 20)))
        return whole * Double.random(in: 0.5...1, using: &random)
    }

    /// Whether a server that could not be reached for this reason may be reachable later.
    func isWorthAnotherTry(_ error: ConnectionError) -> Bool {
        guard case .handshake(.refused(let head, _)) = error else { return true }
        let status = head.status.rawValue
        return !(400..<500).contains(status) || [408, 425, 429].contains(status)
    }
}

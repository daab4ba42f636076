// What happened since the start, in plain counters.
import WebSocketCore

/// Counters since the server's start. They only grow. For what is there now ask
/// ``ServerContext/connectionCount`` and ``ServerContext/subscriberCount(of:)``.
public struct Statistics: Sendable {
    /// Connections accepted, whatever became of them.
    public var acceptedCount: UInt64 = 0
    /// Connections begun outward, whatever became of them.
    public var connectCount: UInt64 = 0
    /// Opening handshakes completed and given to the handler, of either side.
    public var openedCount: UInt64 = 0
    /// Those of them that negotiated permessage-deflate (RFC 7692).
    public var compressedCount: UInt64 = 0
    /// Closes told to the handler, by ``CloseCause/counterIndex``; see ``closes(_:)``.
    public var closeCounts = [UInt64](repeating: 0, count: CloseCause.counterCount)
    /// Those of them that were for a violation, by the raw value of its kind; see
    /// ``violations(_:)``.
    public var violationCounts = [UInt64](
        repeating: 0, count: ProtocolViolation.Kind.allCases.count)
    /// Connections refused, by the raw value of ``Refusal``; see ``refusals(_:)``.
    public var refusalCounts = [UInt64](repeating: 0, count: Refusal.allCases.count)
    /// HTTP requests answered by the handler's routes.
    public var requestCount: UInt64 = 0
    /// Messages given to the handler.
    public var messagesReceivedCount: UInt64 = 0
    /// Messages sent to one connection.
    public var directCount: UInt64 = 0
    /// Messages on their way to subscribers of topics: each counted once for each subscriber.
    public var deliveryCount: UInt64 = 0
    /// Bytes received, headers and heads included.
    public var bytesReceivedCount: UInt64 = 0
    /// Bytes given to the kernel.
    public var bytesSentCount: UInt64 = 0
    /// Messages published to topics, each counted once whatever the number of subscribers.
    public var publishedCount: UInt64 = 0
    /// send(2) calls made for topics and for direct output.
    public var sendCount: UInt64 = 0
    /// How often a subscriber of a ``SlowConsumerPolicy/skipToLatest`` topic was moved to the newest
    /// message, however many it missed by that.
    public var skipCount: UInt64 = 0
    /// How often accepting was paused for want of descriptors.
    public var acceptPauseCount: UInt64 = 0
    /// Turns of the loop.
    public var turnCount: UInt64 = 0
    /// Nanoseconds spent on sweeping topics: one turn in 16 is timed, and counts sixteenfold.
    public var sweepNanoseconds: UInt64 = 0
    /// Passes over the waiting topics, one a turn at most.
    public var sweepCount: UInt64 = 0
    /// How long events have waited for the loop: what ``ServerContext/loopLag`` was, about once a second.
    public var loopLag = LatencyHistogram()
    /// Closes told to the handler by ``CloseCause/counterIndex`` and the code's value, or 0 for a
    /// private code of the peer's own, which would be without number.
    public var closeCodeCounts: [CauseAndCode: UInt64] = [:]

    /// Nothing has happened.
    public init() {}

    /// A cause of ``closeCodeCounts``, and the code that went with it.
    public struct CauseAndCode: Hashable, Sendable {
        /// ``CloseCause/counterIndex``.
        public let cause: UInt8
        /// The code of the Close frame, or 0.
        public let code: UInt16
    }

    /// Counts a close that was told to the handler.
    mutating func count(_ cause: CloseCause) {
        closeCounts[cause.counterIndex] += 1
        if case .violation(let kind) = cause { violationCounts[Int(kind.rawValue)] += 1 }
        var code = cause.code.rawValue
        if case .peerClosed = cause, code > 1015 { code = 0 }
        closeCodeCounts[
            CauseAndCode(cause: UInt8(cause.counterIndex), code: code), default: 0] += 1
    }

    /// How many closes had this cause, whatever its code.
    public func closes(_ cause: CloseCause) -> UInt64 { closeCounts[cause.counterIndex] }
    /// How many closes were for this violation.
    public func violations(_ kind: ProtocolViolation.Kind) -> UInt64 {
        violationCounts[Int(kind.rawValue)]
    }
    /// How many connections were refused for this reason.
    public func refusals(_ refusal: Refusal) -> UInt64 { refusalCounts[refusal.rawValue] }
}

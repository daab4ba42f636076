// Counters of what has happened since the server's start.
import WebSocketCore

/// Counters since the server's start. They only grow. For current numbers see
/// ``ServerContext/connectionCount``, ``ServerContext/subscriberCount(of:)`` and
/// ``ServerContext/gauges()``.
public struct Statistics: Sendable {
    /// Connections of clients accepted, refused ones included.
    public var acceptedCount: UInt64 = 0
    /// Outgoing connections asked for, failed ones included.
    public var connectCount: UInt64 = 0
    /// TLS handshakes of accepted connections.
    public var tls = TLSStatistics()
    /// The connection to Redis.
    public var redis = RedisStatistics()
    /// Opening handshakes completed and given to the handler, accepted and outgoing.
    public var openedCount: UInt64 = 0
    /// How many of the opened connections negotiated permessage-deflate (RFC 7692).
    public var compressedCount: UInt64 = 0
    /// Calls of `onClose`, by ``CloseCause/counterIndex``; see ``closes(_:)``.
    public var closeCounts = [UInt64](repeating: 0, count: CloseCause.counterCount)
    /// How many of the closes were for a violation, by the raw value of its kind; see
    /// ``violations(_:)``.
    public var violationCounts = [UInt64](
        repeating: 0, count: ProtocolViolation.Kind.allCases.count)
    /// Connections refused, by the raw value of ``Refusal``; see ``refusals(_:)``.
    public var refusalCounts = [UInt64](repeating: 0, count: Refusal.allCases.count)
    /// HTTP requests answered completely by the handler; an event stream counts as it begins.
    public var requestCount: UInt64 = 0
    /// Event streams begun.
    public var eventStreamCount: UInt64 = 0
    /// Messages given to the handler.
    public var messagesReceivedCount: UInt64 = 0
    /// Messages sent to one connection: calls of `send`, whether or not the connection was open.
    public var directCount: UInt64 = 0
    /// Messages published to topics, each counted once for each subscriber, an excepted one
    /// included.
    public var deliveryCount: UInt64 = 0
    /// Bytes received, headers and heads included.
    public var bytesReceivedCount: UInt64 = 0
    /// Bytes given to the kernel.
    public var bytesSentCount: UInt64 = 0
    /// Messages published to topics, each counted once whatever the number of subscribers.
    public var publishedCount: UInt64 = 0
    /// send(2) calls made for topics and for direct output.
    public var sendCount: UInt64 = 0
    /// How often a subscriber of a ``SlowConsumerPolicy/skipToLatest`` topic was moved to the
    /// newest message, or one of a ``SlowConsumerPolicy/latestPerKey`` topic to each key's newest,
    /// however many messages it skipped.
    public var skipCount: UInt64 = 0
    /// How often a subscriber has come to half of the bytes by which it may be behind a topic:
    /// ``OutputHandler/onFallingBehind(_:in:_:)``.
    public var fallingBehindCount: UInt64 = 0
    /// Tasks started for connections:
    /// ``WebSocketHandler/startTask(for:within:_:_:then:otherwise:)``.
    public var startedTaskCount: UInt64 = 0
    /// Tasks that were not started, for ``Limits/taskCount``.
    public var refusedTaskCount: UInt64 = 0
    /// Tasks that were cancelled at their deadline.
    public var timedOutTaskCount: UInt64 = 0
    /// How many keys of ``SlowConsumerPolicy/latestPerKey`` topics were forgotten because there
    /// were more than ``Limits/topicKeyCount`` or ``Limits/retainedByteCount`` allow.
    public var evictedKeyCount: UInt64 = 0
    /// How often accepting was paused for lack of descriptors.
    public var acceptPauseCount: UInt64 = 0
    /// Turns of the loop.
    public var turnCount: UInt64 = 0
    /// Nanoseconds spent on sweeping topics: one turn in 16 is timed, and counts sixteenfold.
    public var sweepNanoseconds: UInt64 = 0
    /// Sweeps of the topics that were waiting, at most one in a turn.
    public var sweepCount: UInt64 = 0
    /// How long events have waited for the loop: ``ServerContext/loopLag``, about once a second.
    public var loopLag = LatencyHistogram()
    /// Calls of `onClose`, by ``CloseCause/counterIndex`` and the value of the code; 0 stands for
    /// every code above 1015 that a peer sent, since peers could make up any number of them.
    public var closeCodeCounts: [CauseAndCode: UInt64] = [:]

    /// All counters 0.
    public init() {}

    /// A key of ``closeCodeCounts``: a cause, and the code that went with it.
    public struct CauseAndCode: Hashable, Sendable {
        /// ``CloseCause/counterIndex``.
        public let cause: UInt8
        /// The code of the Close frame, or 0.
        public let code: UInt16
    }

    /// Counts a close that the handler is about to be called about.
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

// Counters of TLS handshakes since the server's start.
import WebSocketTLS

/// Counters of the TLS handshakes of accepted connections. They only grow.
public struct TLSStatistics: Sendable {
    /// A key of ``completedCounts``.
    public struct Completed: Hashable, Sendable {
        /// The version that was agreed on.
        public let version: TLS.Version
        /// Whether an earlier session was resumed, which is a little cheaper.
        public let isResumed: Bool
    }

    /// Handshakes that were completed.
    public var completedCounts: [Completed: UInt64] = [:]
    /// Handshakes that failed, by the reason: `not_tls`, `version`, `parameters`,
    /// `application_protocol`, `client_certificate`, `no_client_certificate`,
    /// `certificate_refused`, `ended_by_peer` or `violation`.
    public var failureCounts: [String: UInt64] = [:]
    /// Connections that libssl goes on to encrypt after the handshake, at 14 to 48 KB each, by the
    /// reason: `version`, which is TLS 1.2, `suite`, `secrets`, `pending_input`, `record_count`, or
    /// `asked` (``TLS/RecordLayerKind/openssl``).
    public var keptCounts: [String: UInt64] = [:]

    /// All counters 0.
    public init() {}

    /// Whether nothing has been counted.
    var isEmpty: Bool { completedCounts.isEmpty && failureCounts.isEmpty }

    mutating func count(_ summary: HandshakeSummary) {
        let key = Completed(
            version: TLS.Version(summary.version), isResumed: summary.isResumed)
        completedCounts[key, default: 0] += 1
        if let reason = summary.keptReason { keptCounts[reason.name, default: 0] += 1 }
    }

    mutating func count(_ failure: HandshakeFailure.Kind) {
        failureCounts[failure.name, default: 0] += 1
    }
}

extension MetricsSink {
    /// Writes nothing as long as nobody has spoken TLS.
    mutating func write(_ tls: TLSStatistics, handshakeCount: Int) {
        guard !tls.isEmpty || handshakeCount > 0 else { return }
        family(
            .counter, "tls_handshakes_total",
            "TLS handshakes completed, by version, and whether a session was resumed.")
        for (version, label) in [(TLS.Version.v12, "1.2"), (.v13, "1.3")] {
            for isResumed in [false, true] {
                let key = TLSStatistics.Completed(version: version, isResumed: isResumed)
                sample(
                    "tls_handshakes_total",
                    [("version", label), ("resumed", isResumed ? "yes" : "no")],
                    tls.completedCounts[key] ?? 0)
            }
        }
        write(
            .counter, "tls_handshakes_failed_total", "TLS handshakes that failed, by reason.",
            by: "reason", tls.failureCounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        write(
            .counter, "tls_not_detached_total",
            "TLS connections that libssl goes on to encrypt, at some 30 KB each, by reason.",
            by: "reason", tls.keptCounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        write(.gauge, "tls_handshakes", "TLS handshakes under way.", handshakeCount)
    }
}

extension HandshakeFailure.Kind {
    fileprivate var name: String {
        switch self {
        case .notTLS: "not_tls"
        case .version: "version"
        case .parameters: "parameters"
        case .applicationProtocol: "application_protocol"
        case .peerCertificate: "client_certificate"
        case .noClientCertificate: "no_client_certificate"
        case .certificateRefused: "certificate_refused"
        case .endedByPeer: "ended_by_peer"
        case .serverName, .violation: "violation"
        }
    }
}

extension KeptReason {
    fileprivate var name: String {
        switch self {
        case .version: "version"
        case .suite: "suite"
        case .secrets: "secrets"
        case .pendingInput: "pending_input"
        case .recordCount: "record_count"
        case .asked: "asked"
        }
    }
}

// What came of a handshake, for metrics and for the application.

/// What came of a handshake.
package struct HandshakeSummary: Equatable, Sendable {
    package let version: TLSVersion
    /// The suite's name in the registry of IANA.
    package let suite: String
    /// Whether an earlier session was resumed, by a ticket.
    package let isResumed: Bool
    /// Why libssl goes on; nil if it does not.
    package let keptReason: KeptReason?
    /// The host that the client has named; nil for none.
    package let serverName: String?
    /// Whether HTTP/1.1 has been agreed on by name (ALPN).
    package let hasApplicationProtocol: Bool
    /// The name of a client's certificate; nil if we asked for none, or got none.
    package let peerName: String?
}

/// What few sessions need to keep, or none for long.
final class SessionDetails {
    /// libssl's object: during the handshake, and afterwards if our layer cannot go on.
    var object: SSLObject?
    var summary: HandshakeSummary?
    var peerName: String?
    var end: SessionEnd?

    /// Whether there is nothing to keep.
    var isEmpty: Bool { object == nil && summary == nil && peerName == nil && end == nil }
}

// The record layer of a TLS 1.3 connection after its handshake, as plain data.

import Storage

/// The type of a record's content (RFC 8446 §5.1).
enum ContentType: UInt8 {
    case alert = 21
    case handshake = 22
    case applicationData = 23
}

/// Both directions of a TLS 1.3 connection, from the end of the handshake to the end of the
/// connection: bytes in, bytes and events out.
///
/// It is a value of about 256 bytes without references, so that it can be kept in a table, saved,
/// and restored in another process. Incomplete records stay with the caller, as with a
/// `MessageDecoder`. It must not be copied and used twice: two copies would use the same nonces.
/// `cleanse()` it before its memory is given to something else.
package struct RecordLayer: BitwiseCopyable, Sendable {
    package enum Role: UInt8, BitwiseCopyable, Sendable { case client, server }

    /// The most content that a record has (RFC 8446 §5.1).
    package static let contentByteLimit = 16_384
    /// The most that stands behind a record's header (§5.2).
    package static let bodyByteLimit = 16_384 + 256
    package static let headerByteCount = 5
    package static let tagByteCount = 16
    /// How many records without application data may come in a row.
    package static let emptyRecordLimit = 32
    /// How many KeyUpdates may come without the two records of application data for each: one costs
    /// us 8 µs and the peer 27 bytes.
    package static let keyUpdateLimit = 32

    var sending: TrafficKeys
    var receiving: TrafficKeys
    var handshake = PostHandshakeReader()
    /// How many records without application data have come since the last with some.
    var emptyRecordCount: UInt8 = 0
    /// Two for each KeyUpdate of the peer, less one for each record of application data.
    var keyUpdateDebt: UInt8 = 0
    /// We have asked the peer for a new key, and it has not used one yet.
    var hasAskedForKey = false
    /// We have sent a close_notify or a fatal alert.
    var hasEndedSending = false
    /// Why nothing more is read; nil as long as records are read.
    package internal(set) var end: RecordEnd?
    package let suite: CipherSuite
    package let role: Role

    /// A layer that goes on with these application traffic secrets, which must have the suite's
    /// length. `sentRecordCount` is how many records the handshake has sealed with the sending
    /// secret already: a server's tickets.
    package init(
        role: Role, suite: CipherSuite, sendingSecret: Span<UInt8>, receivingSecret: Span<UInt8>,
        sentRecordCount: UInt64 = 0
    ) {
        self.role = role
        self.suite = suite
        sending = TrafficKeys(secret: sendingSecret, suite: suite, recordCount: sentRecordCount)
        receiving = TrafficKeys(secret: receivingSecret, suite: suite)
    }

    /// How many records have been sealed with the present key.
    package var sentRecordCount: UInt64 { sending.recordCount }
    /// How many records have been opened with the present key.
    package var receivedRecordCount: UInt64 { receiving.recordCount }

    /// Overwrites the secrets, and ends both directions.
    package mutating func cleanse() {
        sending.cleanse()
        receiving.cleanse()
        hasEndedSending = true
        if end == nil { end = .closed }
    }
}

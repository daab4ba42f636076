// The keys of one direction of a connection, and the number of the next record.

import Synchronization

/// What seals or opens the records of one direction. It is plain data: a secret, what is derived
/// from it, and a counter. It holds secrets, so it has no description.
struct TrafficKeys: BitwiseCopyable, Sendable {
    // The order leaves no gaps: every connection has two of these.
    /// How many records have been sealed or opened with this key.
    private(set) var recordCount: UInt64
    /// Names this key within the process, and never another: shared contexts of libcrypto know by
    /// it whether they have the key already.
    private(set) var id: UInt64
    /// The traffic secret; the next one is derived from it (RFC 8446 §7.2).
    private(set) var secret: InlineArray<48, UInt8>
    /// The key. The suite says how many of the bytes count.
    private(set) var key: InlineArray<32, UInt8>
    private var initialVector: InlineArray<12, UInt8>

    private static let lastID = Atomic<UInt64>(0)

    /// Keys from a traffic secret of the suite's length, for records from `recordCount` on.
    init(secret bytes: Span<UInt8>, suite: CipherSuite, recordCount: UInt64 = 0) {
        precondition(bytes.count == suite.secretByteCount, "a secret has the length of the hash")
        secret = InlineArray(repeating: 0)
        for index in bytes.indices { secret[index] = bytes[index] }
        var derived = KeyDerivation.expandKey(bytes, suite: suite)
        key = InlineArray(repeating: 0)
        for index in key.indices { key[index] = derived.key[index] }
        initialVector = InlineArray(repeating: 0)
        for index in initialVector.indices { initialVector[index] = derived.vector[index] }
        WebSocketTLS.cleanse(&derived)
        self.recordCount = recordCount
        id = Self.lastID.add(1, ordering: .relaxed).newValue
    }

    /// The nonce of the next record (RFC 8446 §5.3), which is counted with that. Nothing else
    /// counts, so no nonce is used twice with a key. Throws when the numbers are used up.
    mutating func takeNonce() throws(RecordFault) -> InlineArray<12, UInt8> {
        guard recordCount < .max else { throw .recordNumbersExhausted }
        var nonce = initialVector
        for index in 0..<8 {
            nonce[11 - index] ^= UInt8(truncatingIfNeeded: recordCount >> (8 * index))
        }
        recordCount += 1
        return nonce
    }

    /// Goes on with the next generation of keys, after a KeyUpdate (RFC 8446 §7.2).
    mutating func update(_ suite: CipherSuite) {
        var next = KeyDerivation.expand(
            secret.span.extracting(first: suite.secretByteCount), label: "traffic upd",
            byteCount: suite.secretByteCount, suite: suite)
        self = TrafficKeys(secret: next.span.extracting(first: suite.secretByteCount), suite: suite)
        WebSocketTLS.cleanse(&next)
    }

    /// Overwrites the secrets; the keys are of no use after that.
    mutating func cleanse() {
        WebSocketTLS.cleanse(&secret)
        WebSocketTLS.cleanse(&key)
        WebSocketTLS.cleanse(&initialVector)
        // Nothing is sealed with a key of zeros.
        recordCount = .max
    }
}

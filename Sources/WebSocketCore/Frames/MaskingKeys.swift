// Unpredictable masking keys (RFC 6455 §5.3): the key stream of ChaCha20 (RFC 8439).

/// An endless supply of masking keys, one for each frame.
///
/// A key must not be predictable from earlier keys: otherwise a script that chooses the payload
/// could choose the bytes on the wire (RFC 6455 §10.3). The keys are the key stream of ChaCha20
/// with a secret seed. That costs a few nanoseconds a key, and getrandom(2) a system call.
public struct MaskingKeys: Sendable {
    private let seed: SIMD8<UInt32>
    private let nonce: SIMD3<UInt32>
    private var counter: UInt32
    private var block = SIMD16<UInt32>(repeating: 0)
    /// How many keys of the block have been used.
    private var takenCount = 16

    /// Keys derived from `seed`: 32 bytes of randomness, which must be kept secret.
    public init(seed: InlineArray<32, UInt8>) {
        var words = SIMD8<UInt32>(repeating: 0)
        for index in 0..<8 { words[index] = Self.word(seed.span, at: 4 * index) }
        self.init(seed: words, nonce: SIMD3(repeating: 0), counter: 0)
    }

    /// The key stream from a given block on, for the examples of RFC 8439.
    init(seed: SIMD8<UInt32>, nonce: SIMD3<UInt32>, counter: UInt32) {
        self.seed = seed
        self.nonce = nonce
        self.counter = counter
    }

    /// The next key. After 2^36 keys, which take hours at any possible speed, a new seed is derived
    /// from the old one.
    public mutating func next() -> UInt32 {
        if takenCount == 16 { refill() }
        defer { takenCount += 1 }
        return block[takenCount]
    }

    @inline(never)
    private mutating func refill() {
        // After its last block the stream would repeat itself: use that block as a new seed.
        if counter == .max {
            self = MaskingKeys(seed: makeBlock().lowHalf, nonce: nonce, counter: 0)
        }
        block = makeBlock()
        takenCount = 0
        counter &+= 1
    }

    /// One block of the key stream (RFC 8439 §2.3).
    func makeBlock() -> SIMD16<UInt32> {
        // "expand 32-byte k"
        let a = SIMD4<UInt32>(0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574)
        let (b, c) = (seed.lowHalf, seed.highHalf)
        let d = SIMD4(counter, nonce[0], nonce[1], nonce[2])
        var rows = (a, b, c, d)
        for _ in 0..<10 {
            Self.quarterRounds(&rows)
            // Diagonals become columns, and back.
            rows.1 = SIMD4(rows.1[1], rows.1[2], rows.1[3], rows.1[0])
            rows.2 = SIMD4(rows.2[2], rows.2[3], rows.2[0], rows.2[1])
            rows.3 = SIMD4(rows.3[3], rows.3[0], rows.3[1], rows.3[2])
            Self.quarterRounds(&rows)
            rows.1 = SIMD4(rows.1[3], rows.1[0], rows.1[1], rows.1[2])
            rows.2 = SIMD4(rows.2[2], rows.2[3], rows.2[0], rows.2[1])
            rows.3 = SIMD4(rows.3[1], rows.3[2], rows.3[3], rows.3[0])
        }
        return SIMD16(
            lowHalf: SIMD8(lowHalf: rows.0 &+ a, highHalf: rows.1 &+ b),
            highHalf: SIMD8(lowHalf: rows.2 &+ c, highHalf: rows.3 &+ d))
    }

    /// Four quarter rounds at once (RFC 8439 §2.1), one in each column.
    @inline(__always)
    private static func quarterRounds(
        _ rows: inout (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>)
    ) {
        rows.0 = rows.0 &+ rows.1
        rows.3 = rotated(rows.3 ^ rows.0, by: 16)
        rows.2 = rows.2 &+ rows.3
        rows.1 = rotated(rows.1 ^ rows.2, by: 12)
        rows.0 = rows.0 &+ rows.1
        rows.3 = rotated(rows.3 ^ rows.0, by: 8)
        rows.2 = rows.2 &+ rows.3
        rows.1 = rotated(rows.1 ^ rows.2, by: 7)
    }

    @inline(__always)
    private static func rotated(_ row: SIMD4<UInt32>, by count: UInt32) -> SIMD4<UInt32> {
        row &<< SIMD4(repeating: count) | row &>> SIMD4(repeating: 32 - count)
    }

    private static func word(_ bytes: Span<UInt8>, at index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }
}

// UNSAFE: checks UTF-8 as it arrives, in pieces of any size, and fails on the first invalid byte.
// A block is loaded only where the span has enough bytes.

/// An incremental UTF-8 validator (RFC 3629 §4): overlong forms, surrogates and scalars above
/// U+10FFFF are refused at the first byte that shows them.
///
/// It is a state machine with one packed word (row) for each byte value. A state is a bit position:
/// shifting the row right by the current state gives the next state. A step is thus one shift, and
/// loading the row is off the critical path. Blocks of plain ASCII are skipped.
@frozen
public struct UTF8Validator: BitwiseCopyable, Sendable {
    @usableFromInline var state: UInt8

    /// A validator at the beginning of a text.
    @inlinable
    public init() { state = UTF8Rows.accept }

    /// A validator in the middle of a text; nil if there is no such state.
    init?(state: UInt8) {
        guard state % 6 == 0, state <= 48 else { return nil }
        self.state = state
    }

    /// Whether the bytes seen so far end at a character boundary.
    @inlinable
    public var isComplete: Bool { state == UTF8Rows.accept }

    /// Takes the next piece of the text. Returns false if the text can't be UTF-8, whatever
    /// follows; after that it always returns false.
    public mutating func update(_ bytes: Span<UInt8>) -> Bool {
        var state = UInt64(state)
        let rows = unsafe UTF8Rows.table
        var index = 0
        let count = bytes.count
        unsafe bytes.withUnsafeBytes { buffer in
            while count - index >= 32 {
                if state == UInt64(UTF8Rows.accept) {
                    let block = unsafe buffer.loadUnaligned(
                        fromByteOffset: index, as: SIMD4<UInt64>.self)
                    let seen = block[0] | block[1] | block[2] | block[3]
                    if seen & 0x8080_8080_8080_8080 == 0 {
                        index += 32
                        continue
                    }
                }
                for offset in index..<index + 32 {
                    let row = unsafe rows[Int(buffer[offset])]
                    state = row &>> state
                }
                state &= 63
                if state == UInt64(UTF8Rows.reject) { return }
                index += 32
            }
            while index < count {
                state = unsafe rows[Int(buffer[index])] &>> state
                index += 1
            }
        }
        self.state = UInt8(truncatingIfNeeded: state & 63)
        return self.state != UTF8Rows.reject
    }

    /// Whether `bytes` are a complete UTF-8 text.
    public static func isValid(_ bytes: Span<UInt8>) -> Bool {
        var validator = UTF8Validator()
        return validator.update(bytes) && validator.isComplete
    }
}

/// The packed state machine: nine states, each the bit position of a six-bit field in a row.
@usableFromInline
enum UTF8Rows {
    /// The error state, which is final: the lowest six bits of every row are zero.
    @usableFromInline static let reject: UInt8 = 0
    /// Between two characters.
    @usableFromInline static let accept: UInt8 = 6
    // One, two or three continuation bytes are still to come; then the four first bytes after which
    // the second byte is restricted.
    private static let one: UInt8 = 12
    private static let two: UInt8 = 18
    private static let three: UInt8 = 24
    private static let afterE0: UInt8 = 30
    private static let afterED: UInt8 = 36
    private static let afterF0: UInt8 = 42
    private static let afterF4: UInt8 = 48

    /// A row for each byte value, from the grammar of RFC 3629 §4. Made once, never changed, never
    /// freed. It is a pointer, because a global array used by value would be copied for every text.
    nonisolated(unsafe) static let table: UnsafePointer<UInt64> = {
        let rows = UnsafeMutablePointer<UInt64>.allocate(capacity: 256)
        unsafe rows.initialize(repeating: 0, count: 256)
        func allow(_ bytes: ClosedRange<UInt8>, in state: UInt8, to next: UInt8) {
            for byte in bytes { unsafe rows[Int(byte)] |= UInt64(next) << UInt64(state) }
        }
        allow(0x00...0x7F, in: accept, to: accept)
        allow(0xC2...0xDF, in: accept, to: one)
        allow(0xE0...0xE0, in: accept, to: afterE0)
        allow(0xE1...0xEC, in: accept, to: two)
        allow(0xED...0xED, in: accept, to: afterED)
        allow(0xEE...0xEF, in: accept, to: two)
        allow(0xF0...0xF0, in: accept, to: afterF0)
        allow(0xF1...0xF3, in: accept, to: three)
        allow(0xF4...0xF4, in: accept, to: afterF4)
        allow(0xA0...0xBF, in: afterE0, to: one)
        allow(0x80...0x9F, in: afterED, to: one)
        allow(0x90...0xBF, in: afterF0, to: two)
        allow(0x80...0x8F, in: afterF4, to: two)
        allow(0x80...0xBF, in: one, to: accept)
        allow(0x80...0xBF, in: two, to: one)
        allow(0x80...0xBF, in: three, to: two)
        return unsafe UnsafePointer(rows)
    }()
}

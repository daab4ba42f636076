// What tells an entry apart from all others before it has a place: the same on every node, so that
// a retry is the same entry wherever it is given.
import Storage

/// The key of an entry in a log that several nodes share: 128 bits, written as 22 characters.
public struct EntryKey: Sendable, Hashable {
    /// The 128 bits.
    public var bits: UInt128

    /// A key with these bits.
    public init(bits: UInt128) {
        self.bits = bits
    }

    /// Reads the written form; nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard let token = SessionToken([UInt8](copying: text)) else { return nil }
        bits = token.bits
    }

    /// The key of what an author has given an id. Only who has the session can make it: see
    /// `Chat.sharedNumber`.
    init(author: Int64, id: Span<UInt8>) {
        var bytes = ByteBuffer(minimumCapacity: 8 + id.count)
        bytes.append(littleEndian: author)
        bytes.append(id)
        bits = SessionProof(hashing: bytes.span).bits
    }

    /// A key that comes once: of an entry without an id. `seed` is random for each process.
    init(seed: UInt64, counter: UInt64) {
        var bytes = ByteBuffer(minimumCapacity: 16)
        bytes.append(littleEndian: seed)
        bytes.append(littleEndian: counter)
        bits = SessionProof(hashing: bytes.span).bits
    }

    /// Appends the 22 characters.
    public func write(to out: inout ByteBuffer) { SessionToken(bits: bits).write(to: &out) }
}

// What a message of the load carries: its stamp, and a filler that belongs to this stamp alone.

/// Writes the payloads of one run, and says of a received message whether its payload came back
/// whole.
///
/// The filler behind the stamp is a piece of a text that the run's number determines; where the
/// piece begins depends on the stamp. So a server can neither cut, change nor extend a payload
/// unnoticed, nor pass on the filler of another message. Checking it is one comparison of memory.
struct Payload {
    /// What was found in a message.
    struct Found: Equatable {
        var stamp: Stamp
        /// Where the stamp begins.
        var offset: Int
        /// The filler behind the stamp is right up to its last byte.
        var isWhole: Bool
    }

    let byteCount: Int
    private let run: UInt16
    private let filler: [UInt8]
    private var fillerByteCount: Int { byteCount - Stamp.byteCount }
    /// How many places in the filler a piece can begin at.
    private static let startCount = 256

    /// - Parameters:
    ///   - byteCount: of each payload, the stamp included.
    ///   - run: distinguishes this run's messages from those of earlier runs, which a server may
    ///     have kept.
    init(byteCount: Int, run: UInt16) {
        self.byteCount = byteCount
        self.run = run
        var random = SplitMix(state: UInt64(run))
        filler = (0..<max(0, byteCount - Stamp.byteCount) + Self.startCount).map { _ in
            Stamp.symbols[Int(random.next() >> 58)]
        }
    }

    /// Appends the payload of one message.
    func append(_ stamp: Stamp, to bytes: inout [UInt8]) {
        let check = stamp.check(run: run)
        let start = Int(check) % Self.startCount
        let offset = bytes.count
        bytes += Stamp.blank
        bytes += filler[start..<start + fillerByteCount]
        stamp.write(to: &bytes, at: offset, check: check)
    }

    /// The first payload of this run in a message; nil if there is none.
    func find(in bytes: Span<UInt8>, from start: Int = 0) -> Found? {
        guard let (stamp, offset) = Stamp.find(in: bytes, from: start, run: run) else {
            return nil
        }
        return Found(stamp: stamp, offset: offset, isWhole: isWhole(stamp, bytes, offset))
    }

    /// All payloads of this run, in order.
    func all(in bytes: Span<UInt8>) -> [Found] {
        var all: [Found] = []
        var start = 0
        while let found = find(in: bytes, from: start) {
            all.append(found)
            start = found.offset + (found.isWhole ? byteCount : Stamp.byteCount)
        }
        return all
    }

    private func isWhole(_ stamp: Stamp, _ bytes: Span<UInt8>, _ offset: Int) -> Bool {
        guard bytes.count - offset >= byteCount else { return false }
        let start = Int(stamp.check(run: run)) % Self.startCount
        let first = offset + Stamp.byteCount
        return bytes.extracting(first..<first + fillerByteCount)
            .isEqual(to: filler.span.extracting(start..<start + fillerByteCount))
    }

    /// Whether a payload stands alone between the bytes that a server put around it: no byte that a
    /// payload can contain touches it.
    func isBounded(_ found: Found, in bytes: Span<UInt8>) -> Bool {
        let end = found.offset + byteCount
        return found.isWhole
            && (found.offset == 0 || !Stamp.isInPayloads(bytes[found.offset - 1]))
            && (end == bytes.count || !Stamp.isInPayloads(bytes[end]))
    }
}

// The twenty characters by which a message is recognised, whatever the server wrapped it in.

/// The data that a message of the load carries: when it was due, its sender, and its number.
///
/// Written as `~` and 19 characters that need no escape in JSON or in any text, so it can be found
/// in an echo, in a broadcast and inside a chat's JSON. The smallest message is therefore twenty
/// bytes.
struct Stamp: Equatable {
    /// Nanoseconds from the run's epoch to the time at which the message was to be sent; below
    /// 2^48, which is three days.
    var due: UInt64
    /// The sender's number among all connections of the run; below 2^24.
    var sender: UInt32
    /// The sender's messages, counted from 0; below 2^30, then round again.
    var sequence: UInt32

    static let byteCount = 20
    static let sequenceMask: UInt32 = (1 << 30) - 1
    private static let mark = UInt8(ascii: "~")
    private static let symbols = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// The value of a byte in a stamp; 255 for bytes that no stamp has.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        return values
    }()

    /// Writes the stamp over the twenty bytes from `offset` on. `run` distinguishes this run's
    /// messages from earlier ones that a server has kept; 12 bits of it are used.
    func write(to bytes: inout [UInt8], at offset: Int, run: UInt16) {
        bytes[offset] = Self.mark
        Self.put(UInt64(run), 2, &bytes, offset + 1)
        Self.put(due, 8, &bytes, offset + 3)
        Self.put(UInt64(sender), 4, &bytes, offset + 11)
        Self.put(UInt64(sequence), 5, &bytes, offset + 15)
    }

    private static func put(_ value: UInt64, _ count: Int, _ bytes: inout [UInt8], _ offset: Int) {
        var rest = value
        for index in stride(from: offset + count - 1, through: offset, by: -1) {
            bytes[index] = symbols[Int(rest & 63)]
            rest >>= 6
        }
    }

    /// The first stamp of this run in a message; nil if there is none.
    static func find(in bytes: Span<UInt8>, run: UInt16) -> Stamp? {
        var index = 0
        while index + byteCount <= bytes.count {
            if bytes[index] == mark, let stamp = read(bytes, index, run) { return stamp }
            index += 1
        }
        return nil
    }

    /// All stamps of this run, in order.
    static func all(in bytes: Span<UInt8>, run: UInt16) -> [Stamp] {
        var stamps: [Stamp] = []
        var index = 0
        while index + byteCount <= bytes.count {
            if bytes[index] == mark, let stamp = read(bytes, index, run) {
                stamps.append(stamp)
                index += byteCount
            } else {
                index += 1
            }
        }
        return stamps
    }

    private static func read(_ bytes: Span<UInt8>, _ offset: Int, _ run: UInt16) -> Stamp? {
        guard take(bytes, offset + 1, 2) == UInt64(run & 0xFFF),
            let due = take(bytes, offset + 3, 8), let sender = take(bytes, offset + 11, 4),
            let sequence = take(bytes, offset + 15, 5)
        else { return nil }
        return Stamp(due: due, sender: UInt32(sender), sequence: UInt32(sequence))
    }

    private static func take(_ bytes: Span<UInt8>, _ offset: Int, _ count: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in offset..<offset + count {
            let symbol = values[Int(bytes[index])]
            guard symbol < 64 else { return nil }
            value = value << 6 | UInt64(symbol)
        }
        return value
    }

    /// A number that stands for this message in a sum: two different sets of messages practically
    /// never have the same sum.
    var fingerprint: UInt64 {
        // SplitMix64's finalizer.
        var bits = (UInt64(sender) << 32 | UInt64(sequence)) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

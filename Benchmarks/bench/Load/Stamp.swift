// The twenty characters by which a message is recognised, whatever the server wrapped it in.

/// The data that a message of the load carries: when it was due, its sender, and its number.
///
/// Written as `~`, three characters of check and 16 of data that need no escape in JSON or in any
/// text, so it can be found in an echo, in a broadcast and inside a chat's JSON. The smallest
/// message is therefore twenty bytes.
struct Stamp: Equatable {
    /// Nanoseconds from the run's epoch to the time at which the message was to be sent, in steps
    /// of 64; below 2^48, which is three days.
    var due: UInt64
    /// The sender's number among all connections of the run; below 2^24.
    var sender: UInt32
    /// The sender's messages, counted from 0; below 2^30, then round again.
    var sequence: UInt32

    static let byteCount = 20
    static let sequenceMask: UInt32 = (1 << 30) - 1
    /// Room for a stamp.
    static let blank = [UInt8](repeating: mark, count: byteCount)
    static let symbols = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let mark = UInt8(ascii: "~")
    private static let dueShift: UInt64 = 6
    /// The value of a byte in a stamp; 255 for bytes that no stamp has.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        return values
    }()

    /// Whether a stamp or a filler can contain this byte.
    static func isInPayloads(_ byte: UInt8) -> Bool { byte == mark || values[Int(byte)] < 64 }

    /// Eighteen bits that depend on all of the stamp and on the run, so that neither a changed
    /// stamp nor one of an earlier run, which a server may have kept, is taken for one of this run.
    func check(run: UInt16) -> UInt64 {
        let rest = Self.mix(due >> Self.dueShift &+ UInt64(run) << 48)
        return Self.mix(rest ^ (UInt64(sender) << 32 | UInt64(sequence))) >> 46
    }

    /// Writes the stamp over the twenty bytes from `offset` on.
    ///
    /// - Parameter check: ``check(run:)``, which the caller needs as well.
    func write(to bytes: inout [UInt8], at offset: Int, check: UInt64) {
        bytes[offset] = Self.mark
        Self.put(check, 3, &bytes, offset + 1)
        Self.put(due >> Self.dueShift, 7, &bytes, offset + 4)
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

    /// The first stamp of this run that begins at `start` or later, and where it begins; nil if
    /// there is none.
    static func find(
        in bytes: Span<UInt8>, from start: Int, run: UInt16
    ) -> (stamp: Stamp, offset: Int)? {
        var index = start
        while index + byteCount <= bytes.count {
            if bytes[index] == mark, let stamp = read(bytes, index, run) { return (stamp, index) }
            index += 1
        }
        return nil
    }

    private static func read(_ bytes: Span<UInt8>, _ offset: Int, _ run: UInt16) -> Stamp? {
        guard let check = take(bytes, offset + 1, 3), let due = take(bytes, offset + 4, 7),
            let sender = take(bytes, offset + 11, 4), let sequence = take(bytes, offset + 15, 5)
        else { return nil }
        let stamp = Stamp(
            due: due << dueShift, sender: UInt32(sender), sequence: UInt32(sequence))
        return check == stamp.check(run: run) ? stamp : nil
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
    var fingerprint: UInt64 { Self.mix(UInt64(sender) << 32 | UInt64(sequence)) }

    /// SplitMix64's finalizer.
    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

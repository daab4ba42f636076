// A time that the caller supplies: the chat has no clock.
import Storage

/// The present time, on both clocks.
public struct Timestamp: Sendable {
    /// Milliseconds of a clock that never goes back. Every deadline is measured with it.
    public var monotonic: Int64
    /// Milliseconds since 1970 in UTC: the time written in a message.
    public var wall: Int64

    /// A time on both clocks, in milliseconds.
    public init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// The wall time as RFC 3339 with milliseconds, as messages have it.
    public var wallText: String {
        var out = ByteBuffer(minimumCapacity: 24)
        writeWall(to: &out)
        return String(decoding: [UInt8](copying: out.span), as: UTF8.self)
    }

    /// Appends the wall time as RFC 3339 with milliseconds, `2026-11-22T21:05:00.123Z`.
    func writeWall(to out: inout ByteBuffer) {
        let (days, rest) = wall.quotientAndRemainder(dividingByFloor: 86_400_000)
        // Howard Hinnant's civil_from_days: a year begins in March, and an era has 400 years.
        let (era, dayRest) = (days + 719_468).quotientAndRemainder(dividingByFloor: 146_097)
        // From here on no number is negative or large, and 32 bits are divided in fewer steps.
        let time = UInt32(truncatingIfNeeded: rest)
        let dayOfEra = UInt32(truncatingIfNeeded: dayRest)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = Int64(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)

        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        text.write(UInt32(truncatingIfNeeded: year), at: 0, digitCount: 4)
        text.write(month, at: 5, digitCount: 2)
        text.write(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, at: 8, digitCount: 2)
        text[10] = UInt8(ascii: "T")
        text.write(time / 3_600_000, at: 11, digitCount: 2)
        text[13] = UInt8(ascii: ":")
        text.write(time / 60_000 % 60, at: 14, digitCount: 2)
        text[16] = UInt8(ascii: ":")
        text.write(time / 1000 % 60, at: 17, digitCount: 2)
        text[19] = UInt8(ascii: ".")
        text.write(time % 1000, at: 20, digitCount: 3)
        text[23] = UInt8(ascii: "Z")
        out.append(text.span)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(dividingByFloor divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension InlineArray<24, UInt8> {
    /// Writes a number with leading zeros.
    @inline(__always)
    fileprivate mutating func write(_ number: UInt32, at start: Int, digitCount: Int) {
        var rest = number
        for index in (start..<start + digitCount).reversed() {
            self[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
    }
}

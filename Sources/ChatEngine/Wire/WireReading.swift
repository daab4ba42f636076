// Reads places, numbers and entries out of what Redis has sent.
import RedisClient
import Storage

extension EnginePlace {
    /// The place that these bytes name: two numbers with a hyphen between them.
    init?(_ bytes: Span<UInt8>) {
        var rest = WireReader(bytes)
        guard let offset = rest.number(until: UInt8(ascii: "-")), offset <= Self.offsetLimit,
            let epoch = rest.number()
        else { return nil }
        self.init(offset: offset, epoch: epoch)
    }
}

/// Takes one thing after the other from the front of some bytes.
struct WireReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The number whose digits go up to this byte, which is passed, too.
    mutating func number(until end: UInt8) -> UInt64? {
        guard let number = digits(), position < bytes.count, bytes[position] == end
        else { return nil }
        position += 1
        return number
    }

    /// The number whose digits go up to the end.
    mutating func number() -> UInt64? {
        guard let number = digits(), isAtEnd else { return nil }
        return number
    }

    /// The place that goes up to this byte, which is passed, too.
    mutating func place(until end: UInt8) -> EnginePlace? {
        guard let offset = number(until: UInt8(ascii: "-")), offset <= EnginePlace.offsetLimit,
            let epoch = number(until: end)
        else { return nil }
        return EnginePlace(offset: offset, epoch: epoch)
    }

    /// This many bytes; nil if there are fewer.
    @_lifetime(copy self)
    mutating func take(_ count: Int) -> Span<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes.extracting(position..<position + count)
    }

    /// What stands before this byte, which is passed, too.
    @_lifetime(copy self)
    mutating func take(until end: UInt8) -> Span<UInt8>? {
        var index = position
        while index < bytes.count, bytes[index] != end { index += 1 }
        guard index < bytes.count else { return nil }
        defer { position = index + 1 }
        return bytes.extracting(position..<index)
    }

    /// All that is left.
    @_lifetime(copy self)
    mutating func takeRest() -> Span<UInt8> {
        defer { position = bytes.count }
        return bytes.extracting(position...)
    }

    /// A number of at least one digit that fits into 64 bits.
    private mutating func digits() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(UInt64(bytes[position] - 0x30))
            if isTooLarge || overflows { return nil }
            value = sum
            position += 1
        }
        return position > start ? value : nil
    }
}

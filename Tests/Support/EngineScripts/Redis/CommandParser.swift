// Commands out of bytes that come in pieces: arrays of bulk strings.

/// Reads commands as Redis does, wherever the bytes were cut.
struct CommandParser {
    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ more: [UInt8]) {
        if start > 0, start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        }
        bytes += more
    }

    /// The next command; nil if its end has not come.
    mutating func next() -> [[UInt8]]? {
        var position = start
        guard let count = number(behind: UInt8(ascii: "*"), &position) else { return nil }
        var arguments: [[UInt8]] = []
        arguments.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = number(behind: UInt8(ascii: "$"), &position),
                position + length + 2 <= bytes.count
            else { return nil }
            arguments.append(Array(bytes[position..<position + length]))
            position += length + 2
        }
        start = position
        if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
        return arguments
    }

    private func number(behind type: UInt8, _ position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        precondition(bytes[position] == type, "not what a client of Redis writes")
        var value = 0
        var index = position + 1
        while index < bytes.count, bytes[index] != 0x0D {
            value = value * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        guard index + 1 < bytes.count else { return nil }
        position = index + 2
        return value
    }
}

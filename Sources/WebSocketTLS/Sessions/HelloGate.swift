// Looks at a ClientHello before libssl does: libssl allocates what the message says it will have.

import Storage

/// Bounds a ClientHello. libssl takes up to 128 KiB, and allocates them at the message's first four
/// bytes: a thousand clients that send nine bytes each would have it hold 175 MB. So the bytes of a
/// hello are kept until it is whole, and go to libssl together.
enum HelloGate {
    /// The most that a ClientHello may have. Those of browsers have two kilobytes, with keys that
    /// withstand quantum computers.
    static let byteLimit = 16_384
    /// The most that is kept of one, in records of any size.
    private static let keptByteLimit = 20_000

    enum Answer: Equatable {
        /// More must come first.
        case keep
        /// This many bytes go to libssl: the hello, or something else, which libssl refuses.
        case pass(Int)
        case refuse
    }

    /// What to do with the bytes that have come, from the beginning of a record on.
    static func answer(_ bytes: Span<UInt8>) -> Answer {
        var position = 0
        var header = (bytes: InlineArray<4, UInt8>(repeating: 0), count: 0)
        var messageCount = 0
        while position < bytes.count {
            guard (20...22).contains(bytes[position]) else { return .pass(bytes.count) }
            let start = position + RecordLayer.headerByteCount
            guard start <= bytes.count else { break }
            guard bytes[position + 1] == 3 else { return .pass(bytes.count) }
            let byteCount = Int(bytes[position + 3]) << 8 | Int(bytes[position + 4])
            let end = min(start + byteCount, bytes.count)
            let isWhole = end - start == byteCount
            if bytes[position] == 22 {
                guard byteCount <= RecordLayer.contentByteLimit else { return .pass(bytes.count) }
                for index in start..<min(end, start + 4) where header.count < 4 {
                    header.bytes[header.count] = bytes[index]
                    header.count += 1
                }
                messageCount += end - start
                // Of every other message libssl knows whether it may come.
                if header.count > 0, header.bytes[0] != 1 { return .pass(bytes.count) }
                if header.count == 4 {
                    let length =
                        Int(header.bytes[1]) << 16 | Int(header.bytes[2]) << 8
                        | Int(header.bytes[3])
                    // No message follows a hello in its record.
                    guard length <= byteLimit, messageCount <= 4 + length else { return .refuse }
                    if messageCount == 4 + length, isWhole { return .pass(end) }
                }
            } else if isWhole, byteCount > 0, !isHarmless(bytes.extracting(position..<end)) {
                return .pass(bytes.count)
            }
            guard isWhole else { break }
            position = end
        }
        return bytes.count > keptByteLimit ? .refuse : .keep
    }

    /// Whether libssl goes on after this record, which is no handshake: it takes the change of the
    /// cipher that TLS 1.3 imitates, and warnings.
    private static func isHarmless(_ record: Span<UInt8>) -> Bool {
        switch (record[0], record.count - RecordLayer.headerByteCount) {
        case (20, 1): record[5] == 1
        case (21, 2): record[5] == 1 && record[6] != 0
        default: false
        }
    }

    /// Whether the server has asked for another hello (RFC 8446 §4.1.4): its ServerHello has a
    /// certain random.
    static func asksAgain(_ flight: Span<UInt8>) -> Bool {
        let random: [UInt8] = [0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11]
        guard flight.count > 19, flight[0] == 22, flight[5] == 2 else { return false }
        return random.indices.allSatisfy { flight[11 + $0] == random[$0] }
    }

    /// The alert for a hello that is refused, as libssl sends it for a message that is too long:
    /// illegal_parameter.
    static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 47]
}

// What a simulated Redis answers.

/// The answer to a command, as a test writes it for ``SimulatedRedis/answer``.
public indirect enum SimulatedRedisReply: Sendable {
    /// A short text on one line, such as `OK`.
    case status(String)
    /// An error: its code, a space, its text, on one line.
    case error(String)
    /// A number.
    case integer(Int)
    /// A floating-point number.
    case double(Double)
    /// True or false.
    case boolean(Bool)
    /// A string.
    case text(String)
    /// A string of any bytes.
    case bytes([UInt8])
    /// Nothing: what GET has for a key that does not exist.
    case null
    /// Values in order.
    case array([SimulatedRedisReply])
    /// Keys, each with its value.
    case map([(SimulatedRedisReply, SimulatedRedisReply)])
    /// Bytes as they are, right or wrong.
    case raw([UInt8])

    /// The bytes that mean it.
    var wire: [UInt8] {
        switch self {
        case .status(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .double(let number): Array(",\(number)\r\n".utf8)
        case .boolean(let value): Array("#\(value ? "t" : "f")\r\n".utf8)
        case .text(let text): SimulatedRedisReply.bytes(Array(text.utf8)).wire
        case .bytes(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .null: Array("_\r\n".utf8)
        case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap(\.wire)
        case .map(let pairs):
            Array("%\(pairs.count)\r\n".utf8) + pairs.flatMap { $0.0.wire + $0.1.wire }
        case .raw(let bytes): bytes
        }
    }

    /// The same values as a push.
    static func push(_ values: [SimulatedRedisReply]) -> SimulatedRedisReply {
        .raw(Array(">\(values.count)\r\n".utf8) + values.flatMap(\.wire))
    }
}

// What the simulated Redis answers, and its bytes in RESP3.

/// A value of RESP3, as far as the engine's commands answer with it.
package indirect enum EngineReply: Equatable, Sendable {
    case simple(String)
    case error(String)
    case integer(Int)
    case bulk([UInt8])
    case null
    case array([EngineReply])
    /// Keys and values in turn.
    case map([EngineReply])
    case set([EngineReply])
    case push([EngineReply])

    package static let ok = EngineReply.simple("OK")

    package static func text(_ text: String) -> EngineReply { .bulk(Array(text.utf8)) }

    package func write(to output: inout [UInt8]) {
        switch self {
        case .simple(let text): Self.line("+", text, &output)
        case .error(let text): Self.line("-", text, &output)
        case .integer(let number): Self.line(":", String(number), &output)
        case .null: Self.line("_", "", &output)
        case .bulk(let bytes):
            Self.line("$", String(bytes.count), &output)
            output += bytes
            output += "\r\n".utf8
        case .array(let values): Self.write("*", values, values.count, &output)
        case .map(let values): Self.write("%", values, values.count / 2, &output)
        case .set(let values): Self.write("~", values, values.count, &output)
        case .push(let values): Self.write(">", values, values.count, &output)
        }
    }

    private static func line(_ type: String, _ text: String, _ output: inout [UInt8]) {
        output += type.utf8
        output += text.utf8
        output += "\r\n".utf8
    }

    private static func write(
        _ type: String, _ values: [EngineReply], _ count: Int, _ output: inout [UInt8]
    ) {
        line(type, String(count), &output)
        for value in values { value.write(to: &output) }
    }
}

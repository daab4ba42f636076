// How messages of a topic are encoded for a connection.
import WebSocketCore

/// How messages of a topic are encoded for a connection: one log for each in use, so that a message
/// is encoded once however many subscribers it has.
enum Encoding: UInt8, CaseIterable, BitwiseCopyable {
    case plain
    /// Compressed with the largest window (RFC 7692), where that makes a message shorter.
    case deflated
}

extension Encoding {
    /// The log that serves a connection with these parameters. A log has one window, the largest: a
    /// client that allows us only a smaller one gets the plain log.
    init(_ parameters: DeflateParameters) {
        let isWidest =
            parameters.windowBits(from: .server) == DeflateParameters.windowBits.upperBound
        self = isWidest ? .deflated : .plain
    }
}

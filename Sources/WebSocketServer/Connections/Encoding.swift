// How messages of a topic are encoded for a connection.

/// How messages of a topic are encoded for a connection: one log for each in use, so that a message
/// is encoded once however many subscribers it has.
enum Encoding: UInt8, CaseIterable, BitwiseCopyable {
    case plain
    /// Compressed with the largest window (RFC 7692), where that makes a message shorter.
    case deflated
    /// Server-Sent Events, each in a chunk of its own, for readers over HTTP.
    case eventStream

    /// The encodings of WebSockets: frames.
    static var ofFrames: [Encoding] { [.plain, .deflated] }
}

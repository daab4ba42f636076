// What is kept of a connection that negotiated permessage-deflate (RFC 7692), beside its slot.
import LinuxReactor
import WebSocketCore

/// The compression of one connection: 32 bytes, and a window where one was granted
/// (``DeflatePolicy/keptClientWindowBits``).
///
/// Compressors and the decompressor are the server's and serve everybody: what we send is compressed
/// message by message, so nothing of it is kept.
struct Compression: ~Copyable {
    var parameters: DeflateParameters
    /// What the peer's next message may refer to; nil if each of them stands for itself.
    var context: InflateContext?

    /// The compression of a connection whose messages come from `sender`.
    init(_ parameters: DeflateParameters, from sender: Role) {
        self.parameters = parameters
        context = parameters.context(for: sender)
    }

    /// What stands in a slot that nobody uses.
    static var free: Compression {
        Compression(
            DeflateParameters(serverNoContextTakeover: true, clientNoContextTakeover: true),
            from: .client)
    }
}

extension Encoding {
    /// The log that serves a connection with these parameters. One log has one window, the largest:
    /// who allows us a smaller one gets the plain log.
    init(_ parameters: DeflateParameters) {
        let isWidest =
            parameters.windowBits(from: .server) == DeflateParameters.windowBits.upperBound
        self = isWidest ? .deflated : .plain
    }
}

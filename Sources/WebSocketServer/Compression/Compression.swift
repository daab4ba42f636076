// The state of a connection that negotiated permessage-deflate (RFC 7692), kept beside its slot.
import LinuxReactor
import WebSocketCore

/// The compression of one connection: 32 bytes, and a window where one was granted
/// (``DeflatePolicy/keptClientWindowBits``).
///
/// The compressors and the decompressor belong to the server and are shared by all connections:
/// what we send is compressed message by message, so no compressor state is kept.
struct Compression: ~Copyable {
    var parameters: DeflateParameters
    /// What the peer's next message may refer to; nil if each message is compressed on its own.
    var context: InflateContext?

    /// The compression of a connection whose messages come from `sender`.
    init(_ parameters: DeflateParameters, from sender: Role) {
        self.parameters = parameters
        context = parameters.context(for: sender)
    }

    /// Whether the peer's next message may refer to what came before it.
    var keepsWindow: Bool {
        switch context {
        case .some: true
        case .none: false
        }
    }

    /// The value of a free slot.
    static var free: Compression {
        Compression(
            DeflateParameters(serverNoContextTakeover: true, clientNoContextTakeover: true),
            from: .client)
    }
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

// The choices of the opening handshake: compression and subprotocols.
import WebSocketCore

/// What an opening handshake may agree on.
struct UpgradeRules {
    /// The compression granted to clients that offer it; nil for none.
    let compression: DeflatePolicy?
    /// The subprotocols that the server speaks, in order of preference.
    let subprotocols: [String]

    init(_ configuration: ServerConfiguration) {
        compression = configuration.compression
        subprotocols = configuration.subprotocols
    }
}

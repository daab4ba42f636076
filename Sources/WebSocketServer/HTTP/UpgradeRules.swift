// What a handshake may agree on.
import WebSocketCore

/// What a handshake may agree on.
struct UpgradeRules {
    /// What is granted to clients that offer compression; nil for nothing.
    let compression: DeflatePolicy?
    /// The subprotocols that the server speaks, the one it likes best first.
    let subprotocols: [String]

    init(_ configuration: ServerConfiguration) {
        compression = configuration.compression
        subprotocols = configuration.subprotocols
    }
}

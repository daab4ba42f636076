// What a client proposes for compressed messages (RFC 7692 §7.1).

/// A client's offer of permessage-deflate.
public struct DeflateOffer: Equatable, Sendable {
    /// What an offer says about `client_max_window_bits` (RFC 7692 §7.1.2.2).
    public enum ClientWindow: Equatable, Sendable {
        /// The parameter is absent: the server can't limit the client's window.
        case fixed
        /// The parameter has no value: the server may limit the window.
        case boundable
        /// The parameter has a value: the client won't use a larger window than this, and the
        /// server may limit it further.
        case atMost(Int)
    }

    /// Whether the server must compress each message independently (RFC 7692 §7.1.1.1).
    public var serverNoContextTakeover: Bool
    /// Whether the client will compress each message independently, even if the server does not ask
    /// for it (RFC 7692 §7.1.1.2).
    public var clientNoContextTakeover: Bool
    /// The largest window that the server may use, 8 to 15 (RFC 7692 §7.1.2.1); nil for any.
    public var serverMaxWindowBits: Int?
    /// Whether and how the server may limit the client's window.
    public var clientWindow: ClientWindow

    /// An offer; without arguments it is the offer that browsers make.
    public init(
        serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
        serverMaxWindowBits: Int? = nil, clientWindow: ClientWindow = .boundable
    ) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverMaxWindowBits = serverMaxWindowBits
        self.clientWindow = clientWindow
    }

    /// The offer in one list member of `Sec-WebSocket-Extensions`. Nil if the member is another
    /// extension, or must be declined (RFC 7692 §7.1) because a parameter is unknown, appears
    /// twice, or has a value that is not allowed.
    public init?(_ item: ExtensionItem) {
        guard item.name == DeflateParameters.extensionName else { return nil }
        self.init(clientWindow: .fixed)
        for parameter in item.parameters {
            switch (parameter.name, parameter.value) {
            case ("server_no_context_takeover", nil) where !serverNoContextTakeover:
                serverNoContextTakeover = true
            case ("client_no_context_takeover", nil) where !clientNoContextTakeover:
                clientNoContextTakeover = true
            case ("server_max_window_bits", let value?) where serverMaxWindowBits == nil:
                guard let bits = DeflateParameters.windowBits(parsing: value) else { return nil }
                serverMaxWindowBits = bits
            case ("client_max_window_bits", nil) where clientWindow == .fixed:
                clientWindow = .boundable
            case ("client_max_window_bits", let value?) where clientWindow == .fixed:
                guard let bits = DeflateParameters.windowBits(parsing: value) else { return nil }
                clientWindow = .atMost(bits)
            default:
                return nil
            }
        }
    }

    /// The offer as the value of the request's `Sec-WebSocket-Extensions` field.
    public var fieldValue: String {
        var text = DeflateParameters.extensionName
        if serverNoContextTakeover { text += "; server_no_context_takeover" }
        if clientNoContextTakeover { text += "; client_no_context_takeover" }
        if let bits = serverMaxWindowBits { text += "; server_max_window_bits=\(bits)" }
        switch clientWindow {
        case .fixed: break
        case .boundable: text += "; client_max_window_bits"
        case .atMost(let bits): text += "; client_max_window_bits=\(bits)"
        }
        return text
    }
}

// What both sides agreed on for compressed messages (RFC 7692 §7.1).

/// The parameters of permessage-deflate in force on a connection, from the server's response.
///
/// They are two bytes of plain data, which are kept with each connection and handed over with it.
public struct DeflateParameters: Equatable, BitwiseCopyable, Sendable {
    /// The name under which the extension is negotiated (RFC 7692 §7).
    public static let extensionName = "permessage-deflate"

    /// The window sizes that the extension allows, in bytes as powers of two (RFC 7692 §7.1.2).
    public static let windowBits = 8...15

    /// The parameters as a number: bits 0 and 1 are the server's and the client's
    /// `no_context_takeover`, bits 4–7 and 8–11 their windows, 0 where the response has none.
    public let rawValue: UInt16

    /// The parameters of a response. Windows are 8 to 15; anything else ends the process. Nil
    /// leaves the parameter out, so that the window has its largest size.
    public init(
        serverNoContextTakeover: Bool, clientNoContextTakeover: Bool,
        serverMaxWindowBits: Int? = nil, clientMaxWindowBits: Int? = nil
    ) {
        var raw: UInt16 = (serverNoContextTakeover ? 1 : 0) | (clientNoContextTakeover ? 2 : 0)
        for (bits, shift) in [(serverMaxWindowBits, 4), (clientMaxWindowBits, 8)] {
            guard let bits else { continue }
            precondition(Self.windowBits.contains(bits), "a window has 8 to 15 bits")
            raw |= UInt16(bits) << shift
        }
        rawValue = raw
    }

    /// The parameters with this ``rawValue``; nil if the number is not valid.
    public init?(rawValue: UInt16) {
        for shift in [4, 8] {
            let bits = Int(rawValue >> shift & 0xF)
            guard bits == 0 || Self.windowBits.contains(bits) else { return nil }
        }
        guard rawValue & ~0xFF3 == 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Whether the server compresses each message independently (RFC 7692 §7.1.1.1).
    public var serverNoContextTakeover: Bool { rawValue & 1 != 0 }

    /// Whether the client compresses each message independently (RFC 7692 §7.1.1.2).
    public var clientNoContextTakeover: Bool { rawValue & 2 != 0 }

    /// The value of `server_max_window_bits` (RFC 7692 §7.1.2.1), if the response has it.
    public var serverMaxWindowBits: Int? { window(shift: 4) }

    /// The value of `client_max_window_bits` (RFC 7692 §7.1.2.2), if the response has it.
    public var clientMaxWindowBits: Int? { window(shift: 8) }

    /// How far back a message from this side may refer, in bytes, as a power of two.
    public func windowBits(from sender: Role) -> Int {
        (sender == .server ? serverMaxWindowBits : clientMaxWindowBits)
            ?? Self.windowBits.upperBound
    }

    /// Whether a message from this side may refer to earlier messages, so that the receiver has to
    /// keep a window of them.
    public func keepsContext(from sender: Role) -> Bool {
        sender == .server ? !serverNoContextTakeover : !clientNoContextTakeover
    }

    /// The parameters as the value of the response's `Sec-WebSocket-Extensions` field.
    public var fieldValue: String {
        var text = Self.extensionName
        if serverNoContextTakeover { text += "; server_no_context_takeover" }
        if clientNoContextTakeover { text += "; client_no_context_takeover" }
        if let bits = serverMaxWindowBits { text += "; server_max_window_bits=\(bits)" }
        if let bits = clientMaxWindowBits { text += "; client_max_window_bits=\(bits)" }
        return text
    }

    private func window(shift: UInt16) -> Int? {
        let bits = Int(rawValue >> shift & 0xF)
        return bits == 0 ? nil : bits
    }

    /// The value of a `..._max_window_bits` parameter as a number: 8 to 15, without leading zeros
    /// (RFC 7692 §7.1.2); nil for anything else.
    static func windowBits(parsing value: String) -> Int? {
        guard let bits = Int(value), windowBits.contains(bits), "\(bits)" == value else {
            return nil
        }
        return bits
    }
}

// What both sides agreed on for compressed messages (RFC 7692 §7.1).

/// The parameters of permessage-deflate that are in force on a connection: those of the server's
/// response.
///
/// It is two bytes of plain data, to be kept with each connection and handed over with it.
public struct DeflateParameters: Equatable, BitwiseCopyable, Sendable {
    /// The name under which the extension is negotiated (RFC 7692 §7).
    public static let extensionName = "permessage-deflate"

    /// The sizes of window that the extension knows, as powers of two (RFC 7692 §7.1.2).
    public static let windowBits = 8...15

    /// The parameters as a number: bit 0 and 1 for the server's and client's context, bits 4–7 and
    /// 8–11 for their windows, 0 where the response has no such parameter.
    public let rawValue: UInt16

    /// What a response with these parameters says. Windows are 8 to 15; nil leaves the parameter
    /// out, and the window at its largest.
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

    /// The parameters with this ``rawValue``; nil if none have it.
    public init?(rawValue: UInt16) {
        for shift in [4, 8] {
            let bits = Int(rawValue >> shift & 0xF)
            guard bits == 0 || Self.windowBits.contains(bits) else { return nil }
        }
        guard rawValue & ~0xFF3 == 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Whether the server compresses each message by itself (RFC 7692 §7.1.1.1).
    public var serverNoContextTakeover: Bool { rawValue & 1 != 0 }

    /// Whether the client compresses each message by itself (RFC 7692 §7.1.1.2).
    public var clientNoContextTakeover: Bool { rawValue & 2 != 0 }

    /// The value of `server_max_window_bits` (RFC 7692 §7.1.2.1), if the response has it.
    public var serverMaxWindowBits: Int? { window(shift: 4) }

    /// The value of `client_max_window_bits` (RFC 7692 §7.1.2.2), if the response has it.
    public var clientMaxWindowBits: Int? { window(shift: 8) }

    /// How far back a message from this side may refer, as a power of two.
    public func windowBits(from sender: Role) -> Int {
        (sender == .server ? serverMaxWindowBits : clientMaxWindowBits)
            ?? Self.windowBits.upperBound
    }

    /// Whether a message from this side may refer to the messages before it, so that its receiver
    /// has to keep them.
    public func keepsContext(from sender: Role) -> Bool {
        sender == .server ? !serverNoContextTakeover : !clientNoContextTakeover
    }

    /// The value of the response's `Sec-WebSocket-Extensions`.
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

    /// The number that the value of a `..._max_window_bits` means: 8 to 15, without leading zeros
    /// (RFC 7692 §7.1.2).
    static func windowBits(parsing value: String) -> Int? {
        guard let bits = Int(value), windowBits.contains(bits), "\(bits)" == value else {
            return nil
        }
        return bits
    }
}

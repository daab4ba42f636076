// Which bytes are allowed in each part of an HTTP/1.1 head.

enum HTTPGrammar {
    /// RFC 9110 §5.6.2: the bytes of methods, field names and list members. The two words have one
    /// bit for each byte value.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        // ! # $ % & ' * + - . and the digits
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        // A-Z ^ _ ` a-z | ~
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        if byte >= 128 { return false }
        return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 != 0
    }

    /// RFC 9110 §5.5: visible characters, space, tab, and bytes above ASCII, but no other control
    /// characters.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    /// The bytes of a request target: visible ASCII except `"`, `<`, `>` and `#`, which RFC 3986
    /// excludes and browsers percent-encode. Browsers do send `|`, `^` and the like in queries.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\"")
            && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">")
    }

    /// RFC 3986 §2.3: the bytes that mean the same percent-encoded or not.
    @inline(__always)
    static func isUnreserved(_ byte: UInt8) -> Bool {
        // - . and the digits
        let low: UInt64 = 0x03FF_6000_0000_0000
        // A-Z _ a-z ~
        let high: UInt64 = 0x47FF_FFFE_87FF_FFFE
        if byte >= 128 { return false }
        return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 != 0
    }

    /// RFC 3986 §3.2.2: the bytes of a host's name that are not encoded, but for the comma.
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool {
        // ! $ & ' ( ) * + - . ; = and the digits
        let low: UInt64 = 0x2BFF_6FD2_0000_0000
        // A-Z _ a-z ~
        let high: UInt64 = 0x47FF_FFFE_87FF_FFFE
        if byte >= 128 { return false }
        return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 != 0
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    static func uppercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x61 < 26 ? byte & 0xDF : byte
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Whether `name` is a token and so can be a field name or a list member.
    static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { isToken($0) }
    }
}

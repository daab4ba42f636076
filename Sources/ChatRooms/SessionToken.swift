// Two identifiers that the server issues: a session's secret, and an epoch.
import Storage

/// The secret with which a client proves that it is the same client as before. 128 bits from a
/// cryptographically secure source, written as 22 characters of base64url (RFC 4648 §5).
public struct SessionToken: Sendable, Hashable {
    /// The 128 bits.
    public var bits: UInt128

    /// A token with these bits.
    public init(bits: UInt128) {
        self.bits = bits
    }

    static let characterCount = 22
    /// The alphabet of RFC 4648 §5.
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// Reads the written form; nil for anything else.
    init?(_ text: [UInt8]) {
        guard text.count == Self.characterCount else { return nil }
        var value: UInt128 = 0
        for (index, byte) in text.enumerated() {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "_"): digit = 63
            default: return nil
            }
            // 22 digits have 132 bits, so only two bits of the first digit are used.
            guard index > 0 || digit < 4 else { return nil }
            value = value << 6 | UInt128(digit)
        }
        bits = value
    }

    func write(to out: inout ByteBuffer) {
        let alphabet = Self.alphabet.bytes
        for index in (0..<Self.characterCount).reversed() {
            out.append(alphabet[Int(truncatingIfNeeded: (bits >> (6 * index)) & 63)])
        }
    }

    /// What proves that somebody has this token, and does not give it away.
    var proof: SessionProof { SessionProof(hashing: self) }
}

/// Tells apart messages that have the same offset: those of one epoch were all added by one
/// process. Written in base 36.
struct Epoch: Equatable {
    /// 62 bits, of which those of this process have 48: at most ten characters, and enough that no
    /// two are the same by accident.
    var number: UInt64

    init(number: UInt64) {
        self.number = number & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// Reads the written form; nil for anything else.
    init?(_ text: [UInt8]) {
        guard let number = UInt64(String(decoding: text, as: UTF8.self), radix: 36) else {
            return nil
        }
        self.init(number: number)
        guard self.text.utf8.elementsEqual(text) else { return nil }
    }

    var text: String { String(number, radix: 36) }

    /// Spreads a counter over the 48 bits: successive rooms get different epochs, and another seed
    /// gives other epochs. The finaliser is that of splitmix64.
    static func number(seed: UInt64, counter: UInt64) -> UInt64 {
        var value = seed &+ counter &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return (value ^ value >> 31) & 0xFFFF_FFFF_FFFF
    }
}

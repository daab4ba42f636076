// Two names that the server gives out: a session's secret, and the life of a room's numbering.
import Storage

/// The secret by which a client proves that it is the same one as before. It must be drawn from a
/// cryptographically secure source: 128 bits, written as 22 characters of base64url.
public struct SessionToken: Sendable, Hashable {
    /// The 128 bits.
    public var bits: UInt128

    /// A token of these bits.
    public init(bits: UInt128) {
        self.bits = bits
    }

    static let characterCount = 22
    /// RFC 4648 §5.
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
            // 22 digits hold 132 bits; the first has only two of its own.
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

    /// Stands for the session beside its messages. Half of the secret is enough to tell sessions
    /// apart, and is never shown.
    var fingerprint: UInt64 { UInt64(truncatingIfNeeded: bits) }
}

/// Names the life of a room's numbering. Written in base 36.
struct Epoch: Equatable {
    /// 48 bits: ten characters at most, and no two lives of one room share them by chance.
    var number: UInt64

    init(number: UInt64) {
        self.number = number & 0xFFFF_FFFF_FFFF
    }

    /// The epoch written so; nil if no epoch is written so.
    init?(_ text: [UInt8]) {
        guard let number = UInt64(String(decoding: text, as: UTF8.self), radix: 36) else {
            return nil
        }
        self.init(number: number)
        guard self.text.utf8.elementsEqual(text) else { return nil }
    }

    var text: String { String(number, radix: 36) }

    /// Spreads a counter over the 48 bits: successive rooms get unlike epochs, and with another
    /// seed all of them are others. The finaliser is splitmix64's.
    static func number(seed: UInt64, counter: UInt64) -> UInt64 {
        var value = seed &+ counter &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

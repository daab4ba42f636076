// What may be said: the text of a message, checked and with its line breaks made alike.
import CUnicode
import Storage

/// The text of a message.
struct MessageText {
    /// The text as the client wrote it.
    let value: JSONValue
    /// The text as a JSON string without its quotes, if the client wrote it in another form. A text
    /// has one form: only what JSON must escape is escaped, as briefly as JSON can. So 4,000
    /// characters take 16 KB at most, and nobody fills a room's history with `\u0041`.
    private var canonical: [UInt8]?

    /// Checks a text. Almost all are printable ASCII, which the scanner knows, and begin with
    /// something visible.
    @inline(__always)
    init(_ value: JSONValue, in bytes: Span<UInt8>) throws(CommandError) {
        self.value = value
        if value.isPrintable, bytes[Int(value.start)] != 0x20 { return }
        try inspect(bytes)
    }

    /// Appends the text as it stands inside of a JSON string.
    @inline(__always)
    func write(_ bytes: Span<UInt8>, to out: inout ByteBuffer) {
        if let canonical {
            out.append(canonical.span)
        } else {
            out.append(bytes.extracting(value.range))
        }
    }

    /// The text as it stands inside of a JSON string.
    func bytes(_ bytes: Span<UInt8>) -> [UInt8] {
        canonical ?? [UInt8](copying: bytes.extracting(value.range))
    }

    @inline(never)
    private mutating func inspect(_ bytes: Span<UInt8>) throws(CommandError) {
        let text = value.text(in: bytes)
        var isVisible = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20: continue
            case 0..<0x20, 0x7F..<0xA0:
                var refusal = CommandError(.badRequest, "The text has a control character in it: ")
                refusal.detail = Self.name(scalar) + ". Only line breaks and tabs are allowed."
                throw refusal
            default: isVisible = isVisible || !Self.isInvisible(scalar)
            }
        }
        guard isVisible else {
            throw CommandError(.badRequest, "The text has nothing in it that can be seen.")
        }
        if value.hasEscapes { rewrite(text) }
    }

    /// Unescapes what need not be escaped. Line breaks of Windows, and of systems before it, become
    /// line feeds: they are always escaped in JSON.
    private mutating func rewrite(_ text: String) {
        var lines: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D {
                lines.append(0x0A)
            } else if byte != 0x0A {
                lines.append(byte)
            }
            previous = byte
        }
        var out = ByteBuffer(minimumCapacity: lines.count + 16)
        out.append(escaped: lines.span, 0..<lines.count)
        canonical = [UInt8](copying: out.span)
    }

    /// Blanks, what is default-ignorable (joiners, marks of direction, fillers, variation
    /// selectors, tags), and the characters beside them that have no look.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return false }
        switch scalar.value {
        case 0x2800, 0x13441...0x13442, 0x16FE4, 0x1D159, 0xFFF9...0xFFFB: return true
        default: break
        }
        let properties = scalar.properties
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

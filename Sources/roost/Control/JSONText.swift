// Writes the few JSON objects that the program itself makes, and finds strings in them.
import SystemdSupport

/// One JSON object, built one member at a time.
struct JSONText {
    private var members: [String] = []

    /// The object's text.
    var text: String { "{" + members.joined(separator: ",") + "}" }

    mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, raw: "\(value)") }

    /// Adds a number, rounded to three decimals.
    mutating func add(_ name: String, _ value: Double) {
        add(name, raw: "\((value * 1000).rounded() / 1000)")
    }

    mutating func add(_ name: String, _ value: Bool) { add(name, raw: value ? "true" : "false") }

    mutating func add(_ name: String, _ value: String) { add(name, raw: Self.quoted(value)) }

    mutating func add(_ name: String, _ value: JSONText) { add(name, raw: value.text) }

    mutating func add(_ name: String, _ values: [String]) {
        add(name, raw: "[\(values.map(Self.quoted).joined(separator: ","))]")
    }

    mutating func add(_ name: String, _ values: [JSONText]) {
        add(name, raw: "[\(values.map(\.text).joined(separator: ","))]")
    }

    private mutating func add(_ name: String, raw value: String) {
        members.append("\(Self.quoted(name)):\(value)")
    }

    /// A string in quotes, escaped as RFC 8259 §7 requires; and so is everything that a terminal
    /// would obey, since people look at JSON too.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where TerminalText.isObeyed(scalar):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// The first string member with this name, its escapes undone; nil if there is none.
    static func string(_ name: String, in json: String) -> String? {
        // Bytes, since a character may be a quotation mark together with what follows.
        let bytes = Array(json.utf8)
        guard let start = bytes.firstRange(of: Array("\"\(name)\":\"".utf8))?.upperBound else {
            return nil
        }
        var units: [UInt16] = []
        var scalars = String(decoding: bytes[start...], as: UTF8.self).unicodeScalars.makeIterator()
        while let scalar = scalars.next(), scalar != "\"" {
            guard scalar == "\\" else {
                units += Array(String(scalar).utf16)
                continue
            }
            switch scalars.next() {
            case "n": units.append(0x0A)
            case "r": units.append(0x0D)
            case "t": units.append(0x09)
            case "b": units.append(0x08)
            case "f": units.append(0x0C)
            case "u":
                let digits = (0..<4).compactMap { _ in scalars.next().map(Character.init) }
                let unit = digits.count == 4 ? UInt16(String(digits), radix: 16) : nil
                units.append(unit ?? 0xFFFD)
            case let other?: units += Array(String(other).utf16)
            case nil: break
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}

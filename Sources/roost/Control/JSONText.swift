// Writes the few JSON objects that the program itself makes.

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

    /// A string in quotes, escaped as RFC 8259 §7 requires.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{00}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

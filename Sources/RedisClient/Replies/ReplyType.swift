// The types of RESP3 values, by the byte that each begins with.

/// The type of a value in RESP3, or in RESP2, whose types are among them.
package enum ReplyType: UInt8, CaseIterable, Sendable {
    /// `+`: a short text, on one line.
    case simpleString = 0x2B
    /// `-`: an error, on one line: its code, a space, its text.
    case simpleError = 0x2D
    /// `:`: a number of 64 bits.
    case integer = 0x3A
    /// `$`: any bytes.
    case bulkString = 0x24
    /// `*`: values in order.
    case array = 0x2A
    /// `_`: nothing.
    case null = 0x5F
    /// `,`: a floating-point number.
    case double = 0x2C
    /// `#`: true or false.
    case boolean = 0x23
    /// `!`: an error of any bytes.
    case bulkError = 0x21
    /// `=`: any bytes, with a format of three characters.
    case verbatimString = 0x3D
    /// `(`: a number of any size.
    case bigNumber = 0x28
    /// `%`: keys, each followed by its value.
    case map = 0x25
    /// `~`: values in no order.
    case set = 0x7E
    /// `>`: values that answer no command, such as a message of a channel.
    case push = 0x3E
    /// `|`: keys and values about the value that follows, which is what counts.
    case attribute = 0x7C

    /// What follows the value's first line.
    enum Form {
        /// Nothing: the line is the value.
        case line
        /// As many bytes as the line says, and the end of a line.
        case body
        /// This many values for each element that the line counts.
        case elements(Int)
    }

    var form: Form {
        switch self {
        case .simpleString, .simpleError, .integer, .null, .double, .boolean, .bigNumber: .line
        case .bulkString, .bulkError, .verbatimString: .body
        case .array, .set, .push: .elements(1)
        case .map, .attribute: .elements(2)
        }
    }

    /// What a sentence about a value of this type begins with.
    var phrase: String {
        switch self {
        case .simpleString: "A simple string"
        case .simpleError: "A simple error"
        case .integer: "An integer"
        case .bulkString: "A bulk string"
        case .array: "An array"
        case .null: "A null"
        case .double: "A double"
        case .boolean: "A boolean"
        case .bulkError: "A bulk error"
        case .verbatimString: "A verbatim string"
        case .bigNumber: "A big number"
        case .map: "A map"
        case .set: "A set"
        case .push: "A push"
        case .attribute: "An attribute"
        }
    }
}

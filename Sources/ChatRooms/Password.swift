// What a password is: which bytes count. Hashing it is not the chat's business, since that takes a
// tenth of a second by intention.

/// A password in the form in which it is hashed and compared.
struct Password {
    /// Bytes of UTF-8 as the client wrote it. Eight are few, the
    /// upper limit keeps the work of comparing bounded.
    static let byteLimits = 8...1_024

    let bytes: [UInt8]

    /// Throws if the text is too short or too long. An é is the same whether the client
    /// writes it as one character or as two: the bytes are those of normalization form D.
    init(_ value: JSONValue, in text: Span<UInt8>) throws(CommandError) {
        guard Self.byteLimits.contains(Int(value.textByteCount)) else {
            throw CommandError(.password, "has 8 to 1,024 bytes.")
        }
        guard !value.isPrintable else {
            bytes = value.textBytes(in: text)
            return
        }
        var normal = ""
        for scalar in NameKey.decompose(value.text(in: text)) {
            normal.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
        }
        bytes = Array(normal.utf8)
    }
}

/// What somebody outside the chat shall do with a password. It is secret: not to be logged, nor to
/// be kept longer than it takes.
public struct PasswordWork: Sendable {
    /// The password's bytes.
    public let password: [UInt8]
    /// What it is compared with. Nil if the name has none: it must be compared all the same, with a
    /// hash of nothing in particular, so that the time of an answer does not tell names apart.
    public let hash: String?

    /// Work with this password.
    public init(password: [UInt8], hash: String?) {
        self.password = password
        self.hash = hash
    }
}

/// What the chat gets back for a ``PasswordWork``.
enum PasswordAnswer {
    case hashed(String)
    /// It is the password of the user with this number.
    case right(Int64)
    case wrong
    /// Too many others wait.
    case busy
}

// One record in the journal's native protocol: fields with names, each with a value of any bytes.

/// A record for the journal in the format of systemd's JOURNAL_NATIVE_PROTOCOL.
struct JournalRecord {
    /// Longer values are cut: a record must fit into one datagram, and no reader wants more.
    static let valueByteLimit = 4096
    private(set) var bytes: [UInt8] = []

    /// Adds a field. Its name consists of A–Z, 0–9 and _ and does not begin with _. The same name
    /// may be added several times.
    mutating func add(_ name: String, _ value: String) {
        var value = value
        value = value.utf8.count > Self.valueByteLimit ? Self.cut(value) : value
        bytes += name.utf8
        // A value that contains a line feed is written with its length in front.
        if value.utf8.contains(0x0A) {
            bytes.append(0x0A)
            let count = UInt64(value.utf8.count)
            for shift in stride(from: 0, through: 56, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
            }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value.utf8
        bytes.append(0x0A)
    }

    /// The field name for a key of the program: "close-code" becomes PREFIX_CLOSE_CODE.
    static func fieldName(_ prefix: String, _ key: String) -> String {
        let name = "\(prefix)_\(key)".utf8.prefix(64).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// The longest beginning within the limit that ends at a character boundary.
    private static func cut(_ value: String) -> String {
        var bytes = Array(value.utf8.prefix(valueByteLimit))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self) + "…"
    }
}

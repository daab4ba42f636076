// The JSON that a client of the chat may send, against Foundation's reading of it.
import Foundation
import Storage

@testable import ChatRooms

/// The scanner accepts what Foundation accepts and reads the same values; a raw string that it
/// passes on means the same text when read again.
func fuzzChatCommands(_ span: Span<UInt8>) throws {
    var fields = CommandFields()
    let outcome = fields.read(span)
    let bytes = span.indices.map { span[$0] }
    let data = Data(bytes)
    let reference = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    if !mayDiffer(bytes) {
        try check(outcome != .malformed, equals: reference != nil, "taken")
    }
    try checkOwnOutput(bytes)
    guard outcome == .object, let object = reference as? [String: Any] else {
        if let reference, outcome == .notAnObject {
            try check(!(reference is [String: Any]), "an object")
        }
        return
    }
    for field in Field.allCases {
        try checkField(fields[field], object[field.name.description], field, span)
    }
    if let since = try? fields.since(span) {
        let reference = object["since"] as? [String: Any]
        try check(reference?["offset"] as? Int, equals: since.offset, "offset in since")
        if let epoch = since.epoch {
            try check(reference?["epoch"] as? String, equals: epoch.text, "epoch in since")
        }
    }
}

private func checkField(
    _ value: JSONValue, _ reference: Any?, _ field: Field, _ bytes: Span<UInt8>
) throws {
    let name = field.name
    switch value.kind {
    case .missing: try check(reference == nil, "\(name) is missing")
    case .null: try check(reference is NSNull, "\(name) is null")
    case .true, .false:
        try check(reference as? Bool, equals: value.kind == .true, "\(name)")
    case .array: try check(reference is [Any], "\(name) is an array")
    case .object: try check(reference is [String: Any], "\(name) is an object")
    case .number:
        try check(reference is NSNumber, "\(name) is a number")
        if let integer = value.integer(in: bytes) {
            try check((reference as? NSNumber)?.intValue, equals: integer, "\(name)")
        }
    case .string:
        let text = value.text(in: bytes)
        // Equal in scalars, not only canonically.
        try check(
            (reference as? String).map { Array($0.utf8) }, equals: Array(text.utf8), "\(name)")
        try check(Int(value.scalarCount), equals: text.unicodeScalars.count, "scalars of \(name)")
        try check(Int(value.textByteCount), equals: text.utf8.count, "bytes of \(name)")
        try check(value.textBytes(in: bytes), equals: Array(text.utf8), "bytes of \(name)")
        // The chat passes on strings that it does not read as raw bytes in quotes.
        let quoted = Data([0x22] + value.range.map { bytes[$0] } + [0x22])
        let again = try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed)
        try check(again as? String, equals: text, "\(name) as it came")
    }
}

/// Any text that the chat writes is JSON, and both readers find the text in it.
private func checkOwnOutput(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    var output = ByteBuffer()
    output.append("{\"text\":")
    output.append(quoted: text)
    output.append("}")
    var written: [UInt8] = []
    for index in 0..<output.count { written.append(output.span[index]) }
    var fields = CommandFields()
    try check(fields.read(written.span), equals: .object, "own output")
    let value = fields[.text]
    try check(value.textBytes(in: written.span), equals: bytes, "own text")
    let reference = try? JSONSerialization.jsonObject(with: Data(written)) as? [String: String]
    try check(reference?["text"].map { Array($0.utf8) }, equals: bytes, "own text, for others")
}

/// Foundation detects UTF-16, UTF-32 and byte order marks, which this protocol does not have,
/// refuses numbers outside a Double's range, accepts a comma before a closing brace, and nests
/// deeper.
private func mayDiffer(_ bytes: [UInt8]) -> Bool {
    if bytes.contains(0) { return true }
    if let first = bytes.first, [0xEF, 0xFE, 0xFF].contains(first) { return true }
    var (digitCount, isExponent, isComma, depth) = (0, false, false, 0)
    for byte in bytes {
        switch byte {
        case 0x30...0x39: digitCount += 1
        case UInt8(ascii: "."): break
        case UInt8(ascii: "+"), UInt8(ascii: "-"): digitCount = 0
        default:
            digitCount = 0
            isExponent = byte | 0x20 == UInt8(ascii: "e")
        }
        if digitCount > (isExponent ? 2 : 300) { return true }
        switch byte {
        case UInt8(ascii: ","): isComma = true
        case UInt8(ascii: "}") where isComma, UInt8(ascii: "]") where isComma: return true
        case 0x20, 0x09, 0x0A, 0x0D: break
        default: isComma = false
        }
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
        if depth > JSONScanner.depthLimit { return true }
    }
    return false
}

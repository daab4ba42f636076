// Takes a JSON text apart by where its pieces stand, without reading what they mean.

/// The members of an object, or the elements of an array, one after the other. The text must
/// come from this process: valid, and without a blank between two tokens.
struct JSONPieces {
    private var index: Int
    private let isObject: Bool

    /// The pieces of the object or array that begins at `start`.
    init(_ text: Span<UInt8>, at start: Int) {
        isObject = text[start] == UInt8(ascii: "{")
        index = start + 1
    }

    /// Where the next piece's key stands, without its quotes (nothing in an array), and its value;
    /// nil after the last.
    mutating func next(in text: Span<UInt8>) -> (key: Range<Int>, value: Range<Int>)? {
        if text[index] == UInt8(ascii: ",") { index += 1 }
        if text[index] == UInt8(ascii: "}") || text[index] == UInt8(ascii: "]") { return nil }
        var key = index..<index
        if isObject {
            let end = Self.endOfString(text, index)
            key = index + 1..<end - 1
            index = end + 1
        }
        let start = index
        index = Self.endOfValue(text, start)
        return (key, start..<index)
    }

    private static func endOfValue(_ text: Span<UInt8>, _ start: Int) -> Int {
        var (index, depth) = (start, 0)
        while true {
            switch text[index] {
            case UInt8(ascii: "\""):
                index = endOfString(text, index)
                if depth == 0 { return index }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A number or a word ends where what it stands in ends.
                if depth == 0 { return index }
                depth -= 1
                if depth == 0 { return index + 1 }
            case UInt8(ascii: ","): if depth == 0 { return index }
            default: break
            }
            index += 1
        }
    }

    /// Behind the closing quote of the string that begins at `start`.
    private static func endOfString(_ text: Span<UInt8>, _ start: Int) -> Int {
        var index = start + 1
        while text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index + 1
    }
}

extension Span<UInt8> {
    /// Whether these bytes stand in this range.
    func has(_ word: String, at range: Range<Int>) -> Bool {
        guard word.utf8.count == range.count else { return false }
        var index = range.lowerBound
        for byte in word.utf8 {
            if self[index] != byte { return false }
            index += 1
        }
        return true
    }

    /// The whole number in this range.
    func number(_ range: Range<Int>) -> Int {
        range.reduce(0) { $0 &* 10 &+ Int(self[$1] & 0xF) }
    }

    /// The text in this range.
    func text(_ range: Range<Int>) -> String {
        String(decoding: [UInt8](copying: extracting(range)), as: UTF8.self)
    }
}

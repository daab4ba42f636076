// UNSAFE: characters are looked up by C functions, which write into an array that they get from
// here, and which is as long as the longest that they write.
import CUnicode

/// What the table of `CUnicode` says about single characters.
enum NameCharacters {
    /// The version of Unicode by which names are checked and compared: 15.0.0 is 0x0F0000.
    static var unicodeVersion: UInt32 { cunicode_version() }
    /// The bit of the Latin script.
    static let latin = cunicode_latin()
    /// The scripts beside which Latin letters may stand.
    static let mixedWithLatin = cunicode_mixed_with_latin()
    /// All scripts: the set of a character that is of none.
    static let everyScript = UInt64.max

    static func scriptName(_ script: UInt8) -> String {
        unsafe String(cString: cunicode_script_name(script))
    }

    /// Appends the canonical decomposition of `scalar`.
    static func appendDecomposition(_ scalar: UInt32, to out: inout [UInt32]) {
        // The first character with a decomposition is À.
        guard scalar >= 0xC0 else { return out.append(scalar) }
        unsafe append(to: &out) { unsafe cunicode_decompose(scalar, $0) }
    }

    /// Appends what `scalar`, which has no canonical decomposition, is folded to.
    static func appendFold(_ scalar: UInt32, to out: inout [UInt32]) {
        guard scalar >= 0x80 else {
            return out.append((0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar)
        }
        unsafe append(to: &out) { unsafe cunicode_fold(scalar, $0) }
    }

    /// Appends the letter or digit of ASCII, with its marks, or the mark that `scalar` looks like;
    /// `scalar` itself if there is none. If not all characters of the name look like ASCII, only a
    /// look that does not depend on the others counts.
    static func appendLook(_ scalar: UInt32, allHaveLooks: Bool, to out: inout [UInt32]) {
        let before = out.count
        var isAlone = false
        unsafe append(to: &out) { unsafe cunicode_look(scalar, $0, &isAlone) }
        if out.count > before, isAlone || allHaveLooks { return }
        out.removeLast(out.count - before)
        out.append(scalar)
    }

    static func hasLook(_ scalar: UInt32) -> Bool {
        var room = InlineArray<18, UInt32>(repeating: 0)
        var isAlone = false
        var span = room.mutableSpan
        return unsafe span.withUnsafeMutableBufferPointer {
            unsafe cunicode_look(scalar, $0.baseAddress!, &isAlone) > 0
        }
    }

    /// Appends the characters that `write` writes, whose number it returns.
    @inline(__always)
    private static func append(
        to out: inout [UInt32], _ write: (UnsafeMutablePointer<UInt32>) -> Int32
    ) {
        var room = InlineArray<18, UInt32>(repeating: 0)
        var span = room.mutableSpan
        let count = unsafe span.withUnsafeMutableBufferPointer { unsafe write($0.baseAddress!) }
        for index in 0..<Int(count) { out.append(room[index]) }
    }

    /// A hash of UTF-8 bytes. Every process has another seed.
    static func hash(_ text: borrowing String) -> UInt32 { hash(text.utf8Span.span) }

    /// The same for bytes that lie anywhere.
    static func hash(_ text: Span<UInt8>) -> UInt32 {
        var hasher = Hasher()
        unsafe text.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

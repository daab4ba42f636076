// UNSAFE: inet_pton(3) reads a text up to its NUL, which the array always has, and writes the
// sixteen bytes of an address.
//
// An IPv6 address in a URI, so that two spellings of it can be compared.
import LibC

/// An IPv6 address.
package struct IPv6Address: BitwiseCopyable, Hashable, Sendable {
    /// The first eight bytes and the last eight, the first byte the most significant.
    package let high: UInt64
    package let low: UInt64

    /// The address in `text`, as RFC 4291 §2.2 and RFC 3986 §3.2.2 write it: without brackets and
    /// without a zone. Nil for anything else.
    package init?(_ text: Span<UInt8>) {
        // Eight groups of four digits, the last two of which are a dotted IPv4 address.
        guard text.count <= 45 else { return nil }
        var input = InlineArray<46, UInt8>(repeating: 0)
        for index in 0..<text.count {
            let byte = text[index]
            guard
                HTTPGrammar.hexValue(byte) != nil || byte == UInt8(ascii: ":")
                    || byte == UInt8(ascii: ".")
            else { return nil }
            input[index] = byte
        }
        var output = InlineArray<16, UInt8>(repeating: 0)
        var outputSpan = output.mutableSpan
        let isValid = unsafe input.span.withUnsafeBytes { source in
            unsafe outputSpan.withUnsafeMutableBytes { target in
                unsafe inet_pton(
                    AF_INET6, source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    target.baseAddress) == 1
            }
        }
        guard isValid else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            halves.0 = halves.0 << 8 | UInt64(output[index])
            halves.1 = halves.1 << 8 | UInt64(output[index + 8])
        }
        (high, low) = halves
    }
}

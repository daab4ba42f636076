// UNSAFE: computes the hash of the opening handshake. libcrypto reads and writes arrays whose
// lengths are passed with them.

import CCrypto

/// The value of `Sec-WebSocket-Accept`: proof that the server read the client's key
/// (RFC 6455 §4.2.2).
@frozen
public struct AcceptValue: BitwiseCopyable, Sendable {
    /// 28 characters of base64.
    public var bytes: InlineArray<28, UInt8>

    /// The answer to a `Sec-WebSocket-Key`, which must have 24 characters; any other length ends
    /// the process.
    public init(key: Span<UInt8>) {
        precondition(key.count == 24, "a key has 24 characters")
        var input = InlineArray<60, UInt8>(repeating: 0)
        let identifier: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        for index in 0..<24 { input[index] = key[index] }
        for index in 0..<36 { input[24 + index] = unsafe identifier.utf8Start[index] }
        var digest = InlineArray<20, UInt8>(repeating: 0)
        let inputSpan = input.span
        var digestSpan = digest.mutableSpan
        unsafe inputSpan.withUnsafeBufferPointer { source in
            unsafe digestSpan.withUnsafeMutableBufferPointer { target in
                let succeeded = unsafe EVP_Digest(
                    source.baseAddress, source.count, target.baseAddress, nil, Self.sha1, nil)
                precondition(succeeded == 1, "libcrypto could not compute SHA-1")
            }
        }
        bytes = InlineArray(repeating: 0)
        var text = bytes.mutableSpan
        Base64.encode(digest.span, into: &text)
    }

    /// The value with these characters; nil if they are not 28.
    package init?(characters: Span<UInt8>) {
        bytes = InlineArray(repeating: 0)
        guard characters.count == bytes.count else { return nil }
        for index in bytes.indices { bytes[index] = characters[index] }
    }

    /// The algorithm, looked up once: `SHA1()` looks it up in every call, which takes longer than
    /// hashing. It is immutable and may be used by any thread.
    private nonisolated(unsafe) static let sha1: OpaquePointer = {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA1", nil) else {
            fatalError("libcrypto has no SHA-1")
        }
        return unsafe algorithm
    }()
}

extension AcceptValue: Equatable, CustomStringConvertible {
    public static func == (left: AcceptValue, right: AcceptValue) -> Bool {
        for index in left.bytes.indices where left.bytes[index] != right.bytes[index] {
            return false
        }
        return true
    }

    public var description: String { bytes.span.text }
}

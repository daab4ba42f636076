// UNSAFE: copies the bytes of a span, which are read only inside the closure that lends them.

extension String {
    /// A string of the UTF-8 in `bytes`; invalid UTF-8 becomes U+FFFD.
    package init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// An array of the bytes of a span.
    package init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}

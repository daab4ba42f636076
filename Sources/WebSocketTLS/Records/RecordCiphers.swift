// UNSAFE: lets libcrypto seal and open records in place. Invariants: each context is nil, or owned
// by this value alone and set up for its suite and direction; pointers into spans and buffers are
// used only while those are lent to a call, and every length is checked before.

import CSSL
import Storage

/// The ciphers that all connections of a thread share: for each suite and direction one context of
/// libcrypto, which remembers the key that it used last.
@safe
package struct RecordCiphers: ~Copyable {
    @safe
    private struct Context {
        let pointer: OpaquePointer?
        /// The key that it has; 0 if none.
        let keyID: UInt64
    }

    private var contexts: InlineArray<6, Context>

    /// After how many records with one key the next key is used. AES-GCM is safe for 2^24.5 full
    /// records (RFC 8446 §5.5). Tests set it to a few.
    package var recordsPerKey: UInt64 = 1 << 24

    /// How many records were decrypted, and how often keys were derived since peers had changed
    /// theirs: the caller counts from 0 again when it likes.
    package var openedCount = 0
    package var keyUpdateCount = 0

    /// Ciphers that have allocated nothing yet.
    package init() {
        contexts = InlineArray(repeating: unsafe Context(pointer: nil, keyID: 0))
    }

    deinit {
        for index in contexts.indices {
            if let pointer = unsafe contexts[index].pointer {
                unsafe EVP_CIPHER_CTX_free(pointer)
            }
        }
    }

    /// Shorter content is copied, and sealed together with its type by one call of libcrypto.
    private static var copiedByteLimit: Int { 4096 }

    /// Appends one record with this content and type (RFC 8446 §5.2). Content of more than 16,384
    /// bytes ends the process.
    mutating func seal(
        _ content: Span<UInt8>, type: UInt8, keys: inout TrafficKeys, suite: CipherSuite,
        into output: inout ByteBuffer
    ) throws(RecordFault) {
        precondition(content.count <= RecordLayer.contentByteLimit, "a record has a limit")
        let context = unsafe try begin(suite, isSealing: true, &keys)
        let innerCount = content.count + 1
        let bodyCount = innerCount + RecordLayer.tagByteCount
        let header = unsafe output.appendUninitialized(RecordLayer.headerByteCount + bodyCount)
        unsafe header[0] = ContentType.applicationData.rawValue
        unsafe header[1] = 3
        unsafe header[2] = 3
        unsafe header[3] = UInt8(bodyCount >> 8)
        unsafe header[4] = UInt8(bodyCount & 0xFF)
        let inner = unsafe header + RecordLayer.headerByteCount
        unsafe inner[content.count] = type
        let tag = unsafe inner + innerCount
        var count: Int32 = 0
        var isSealed = unsafe EVP_CipherUpdate(context, nil, &count, header, 5) == 1
        unsafe content.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            if source.count < Self.copiedByteLimit {
                unsafe inner.update(from: first, count: source.count)
            } else {
                isSealed =
                    unsafe isSealed
                    && EVP_CipherUpdate(context, inner, &count, first, Int32(source.count)) == 1
            }
        }
        let restCount = content.count < Self.copiedByteLimit ? innerCount : 1
        let rest = unsafe tag - restCount
        isSealed =
            unsafe isSealed
            && EVP_CipherUpdate(context, rest, &count, rest, Int32(restCount)) == 1
            && EVP_CipherFinal_ex(context, tag, &count) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1
        guard isSealed else { fatalError("libcrypto could not seal a record") }
    }

    /// Decrypts in place what stands between the header and the tag of the record in this range of
    /// `bytes`, which has at least those two. Returns whether the tag is right; what was decrypted
    /// must not be used if it is not.
    mutating func open(
        _ record: Range<Int>, of bytes: inout MutableSpan<UInt8>, keys: inout TrafficKeys,
        suite: CipherSuite
    ) throws(RecordFault) -> Bool {
        let innerCount = record.count - RecordLayer.headerByteCount - RecordLayer.tagByteCount
        precondition(innerCount >= 0 && innerCount < 1 << 16, "a record has a header and a tag")
        precondition(record.lowerBound >= 0 && record.upperBound <= bytes.count)
        openedCount &+= 1
        let context = unsafe try begin(suite, isSealing: false, &keys)
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            guard let first = bytes.baseAddress else { return false }
            let header = unsafe first + record.lowerBound
            let inner = unsafe header + RecordLayer.headerByteCount
            let tag = unsafe inner + innerCount
            var count: Int32 = 0
            return unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1
                && EVP_CipherUpdate(context, nil, &count, header, 5) == 1
                && EVP_CipherUpdate(context, inner, &count, inner, Int32(innerCount)) == 1
                && EVP_CipherFinal_ex(context, tag, &count) == 1
        }
    }

    /// The context of a suite and direction, with this key and its next nonce. Both are set by one
    /// call, and the key only if the context has another: each call costs libcrypto some 50 ns.
    private mutating func begin(
        _ suite: CipherSuite, isSealing: Bool, _ keys: inout TrafficKeys
    ) throws(RecordFault) -> OpaquePointer {
        let nonce = try keys.takeNonce()
        let index = (Int(suite.rawValue) - 1) * 2 + (isSealing ? 0 : 1)
        let old = contexts[index]
        let pointer = unsafe old.pointer ?? Self.makeContext(suite, isSealing: isSealing)
        let hasKey = old.keyID == keys.id
        let key = keys.key.span
        let nonceSpan = nonce.span
        let isSet = unsafe key.withUnsafeBufferPointer { key in
            unsafe nonceSpan.withUnsafeBufferPointer { nonce in
                let key = hasKey ? nil : key.baseAddress
                return unsafe EVP_CipherInit_ex(
                    pointer, nil, nil, key, nonce.baseAddress, -1) == 1
            }
        }
        guard isSet else { fatalError("libcrypto refused a key") }
        contexts[index] = unsafe Context(pointer: pointer, keyID: keys.id)
        return unsafe pointer
    }

    private static func makeContext(_ suite: CipherSuite, isSealing: Bool) -> OpaquePointer {
        let cipher =
            switch suite {
            case .aes128GCM: unsafe EVP_aes_128_gcm()
            case .aes256GCM: unsafe EVP_aes_256_gcm()
            case .chaCha20Poly1305: unsafe EVP_chacha20_poly1305()
            }
        guard let context = unsafe EVP_CIPHER_CTX_new(),
            unsafe EVP_CipherInit_ex(context, cipher, nil, nil, nil, isSealing ? 1 : 0) == 1
        else { fatalError("libcrypto does not have \(suite)") }
        return unsafe context
    }
}

// UNSAFE: reads certificates and keys in PEM with libcrypto, from a memory BIO that is freed at the
// end of each function.

import CSSL

/// Certificates and keys in PEM (RFC 7468).
enum PEM {
    /// The certificates of a PEM, in its order. What else is in it is skipped.
    /// `damaged` makes the error for a certificate that cannot be read, from its number.
    static func certificates(
        in pem: [UInt8], none: TLSSetupError, damaged: (Int) -> TLSSetupError
    ) throws(TLSSetupError) -> [X509Certificate] {
        guard contains(pem, "-----BEGIN") else { throw none }
        guard let source = unsafe source(pem) else { throw none }
        defer {
            unsafe BIO_free(source)
            ERR_clear_error()
        }
        ERR_clear_error()
        var found: [X509Certificate] = []
        while let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil) {
            found.append(unsafe X509Certificate(owning: certificate))
        }
        // After the last one libcrypto says that there is no beginning of another.
        let reason = ERR_GET_REASON(ERR_peek_last_error())
        guard reason == PEM_R_NO_START_LINE else { throw damaged(found.count + 1) }
        guard !found.isEmpty else { throw none }
        return found
    }

    /// The private key of a PEM.
    static func privateKey(in pem: [UInt8], origin: String) throws(TLSSetupError) -> PrivateKey {
        guard contains(pem, "PRIVATE KEY-----") else {
            throw isDER(pem) ? .isDER(origin: origin) : .noPrivateKey(origin: origin)
        }
        // The header of a key in PKCS #8, and that of the older forms (RFC 1421 §4.6.1.1).
        if contains(pem, "ENCRYPTED PRIVATE KEY-----") || contains(pem, "Proc-Type: 4,ENCRYPTED") {
            throw .encryptedPrivateKey(origin: origin)
        }
        guard let source = unsafe source(pem) else { throw .damagedPrivateKey(origin: origin) }
        defer {
            unsafe BIO_free(source)
            ERR_clear_error()
        }
        // Without this callback libcrypto would ask for a passphrase on the terminal.
        let key = unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        guard let key = unsafe key else { throw .damagedPrivateKey(origin: origin) }
        return unsafe PrivateKey(owning: key)
    }

    /// Whether bytes are ASN.1 as it is, and no text: a sequence with its length.
    static func isDER(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == 0x30
            && (bytes[1] & 0x80 != 0 || Int(bytes[1]) + 2 == bytes.count)
    }

    /// A BIO with a copy of these bytes, which are overwritten when it is freed.
    private static func source(_ pem: [UInt8]) -> OpaquePointer? {
        guard let count = Int32(exactly: pem.count) else { return nil }
        guard let source = unsafe BIO_new(BIO_s_mem()) else { fatalError("out of memory") }
        // BIO_write(3) of nothing is a failure.
        if count > 0 {
            let written = unsafe BIO_write(source, pem, count)
            precondition(written == count, "a memory BIO takes everything")
        }
        return unsafe source
    }

    private static func contains(_ pem: [UInt8], _ text: String) -> Bool {
        let text = Array(text.utf8)
        guard pem.count >= text.count else { return false }
        return (0...pem.count - text.count).contains { start in
            pem[start..<start + text.count].elementsEqual(text)
        }
    }
}

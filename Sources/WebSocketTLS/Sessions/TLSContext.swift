// UNSAFE: makes libssl's contexts. Invariants: `pointer` is a context that this value owns, and
// every object that libcrypto gives us is freed where it was made, or given to the context.

import CSSL

/// What is wrong with a certificate, a key or the authorities.
package enum TLSSetupError: Error, Equatable, Sendable {
    /// There is no certificate in the PEM, or one cannot be read.
    case badCertificate
    /// There is no private key in the PEM, or it has a passphrase.
    case badPrivateKey
    /// The private key is not that of the first certificate.
    case keyDoesNotMatch
    /// The certificates of the authorities cannot be read.
    case badAuthorities
}

/// What the connections of one kind have in common: a server's certificate and key, or the
/// authorities that a client trusts.
@safe
package struct TLSContext: ~Copyable {
    let pointer: OpaquePointer
    package let role: RecordLayer.Role

    /// A server with a chain of certificates, its own first, and the key of that, in PEM.
    package init(
        certificateChain: [UInt8], privateKey: [UInt8]
    ) throws(TLSSetupError) {
        let context = unsafe Self.makeContext(TLS_server_method())
        do throws(TLSSetupError) {
            try unsafe Self.use(certificateChain, privateKey, in: context)
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe pointer = context
        role = .server
    }

    /// A client that trusts the certificates in this PEM, or the system's if it is nil.
    package init(authorities: [UInt8]?) throws(TLSSetupError) {
        let context = unsafe Self.makeContext(TLS_client_method())
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        do throws(TLSSetupError) {
            try unsafe Self.trust(authorities, in: context)
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe pointer = context
        role = .client
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    private static func use(
        _ chain: [UInt8], _ privateKey: [UInt8], in context: OpaquePointer
    ) throws(TLSSetupError) {
        defer { ERR_clear_error() }
        let isAny = try unsafe forEachCertificate(in: chain, .badCertificate) {
            certificate, index in
            guard index > 0 else {
                return unsafe SSL_CTX_use_certificate(context, certificate) == 1
            }
            // SSL_CTX_add1_chain_cert, which is a macro.
            let chained = unsafe UnsafeMutableRawPointer(certificate)
            return unsafe SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, chained) == 1
        }
        guard isAny else { throw .badCertificate }
        guard let key = unsafe readKey(privateKey) else { throw .badPrivateKey }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else { throw .keyDoesNotMatch }
    }

    private static func trust(
        _ authorities: [UInt8]?, in context: OpaquePointer
    ) throws(TLSSetupError) {
        defer { ERR_clear_error() }
        guard let authorities else {
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw .badAuthorities
            }
            return
        }
        let store = unsafe SSL_CTX_get_cert_store(context)
        let isAny = try unsafe forEachCertificate(in: authorities, .badAuthorities) {
            certificate, _ in unsafe X509_STORE_add_cert(store, certificate) == 1
        }
        guard isAny else { throw .badAuthorities }
    }

    /// A context with everything that we never vary.
    private static func makeContext(_ method: OpaquePointer?) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(method) else {
            fatalError("libssl could not make a context")
        }
        unsafe SSL_CTX_set_options(context, cssl_options())
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, cssl_modes(), nil)
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        // Sessions are resumed by tickets alone; with client certificates that needs a name.
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        unsafe SSL_CTX_set_session_id_context(context, "roost", 5)
        let suites =
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
        unsafe SSL_CTX_set_ciphersuites(context, suites)
        unsafe HandshakeNotes.install(in: context)
        return unsafe context
    }

    /// Calls `use` with each certificate of a PEM, and whether there was one. Throws if a
    /// certificate cannot be read, or `use` refuses one.
    private static func forEachCertificate(
        in pem: [UInt8], _ failure: TLSSetupError, _ use: (OpaquePointer, Int) -> Bool
    ) throws(TLSSetupError) -> Bool {
        guard let source = unsafe BIO_new(BIO_s_mem()) else { fatalError("out of memory") }
        defer { unsafe BIO_free(source) }
        guard unsafe BIO_write(source, pem, Int32(pem.count)) == pem.count else { throw failure }
        var index = 0
        while let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil) {
            defer { unsafe X509_free(certificate) }
            guard unsafe use(certificate, index) else { throw failure }
            index += 1
        }
        // After the last one libcrypto says that there is no beginning of another.
        let error = ERR_peek_last_error()
        guard ERR_GET_REASON(error) == PEM_R_NO_START_LINE else { throw failure }
        return index > 0
    }

    private static func readKey(_ pem: [UInt8]) -> OpaquePointer? {
        guard let source = unsafe BIO_new(BIO_s_mem()) else { fatalError("out of memory") }
        defer { unsafe BIO_free(source) }
        guard unsafe BIO_write(source, pem, Int32(pem.count)) == pem.count else { return nil }
        // Without this callback libcrypto would ask for a passphrase on the terminal.
        return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil)
    }
}

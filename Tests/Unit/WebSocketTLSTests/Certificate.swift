// Certificates for tests, made by libcrypto when they are needed.

import CSSL

@testable import WebSocketTLS

/// A certificate with its key, in PEM.
struct Certificate: Sendable {
    enum Kind { case ecdsa, rsa, shortRSA, ed25519 }

    let chain: [UInt8]
    let key: [UInt8]

    /// One for all tests.
    static let localhost = Certificate(names: "DNS:localhost,IP:127.0.0.1")
    /// An authority for all tests.
    static let authority = Certificate(names: "", commonName: "The authority", isAuthority: true)

    /// As a server is given it.
    var certified: CertifiedKey { CertifiedKey(chain: chain, privateKey: key) }

    /// A certificate for these names, in libcrypto's form, that is valid from and until these
    /// numbers of seconds from now; signed by `issuer`, or by itself.
    init(
        names: String, commonName: String? = "test", issuer: Certificate? = nil,
        isAuthority: Bool = false, from: Int = -3600, until: Int = 86_400, kind: Kind = .ecdsa,
        hash: OpaquePointer = EVP_sha256()
    ) {
        let key = Self.makeKey(kind)
        defer { EVP_PKEY_free(key) }
        let certificate = X509_new()
        defer { X509_free(certificate) }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...(1 << 40)))
        X509_gmtime_adj(X509_getm_notBefore(certificate), from)
        X509_gmtime_adj(X509_getm_notAfter(certificate), until)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        if let commonName {
            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, commonName, -1, -1, 0)
        }
        var extensions = [(NID_subject_alt_name, names)]
        if isAuthority { extensions.append((NID_basic_constraints, "critical,CA:TRUE")) }
        for (kind, value) in extensions where !value.isEmpty {
            let made = X509V3_EXT_conf_nid(nil, nil, kind, value)
            precondition(X509_add_ext(certificate, made, -1) == 1)
            X509_EXTENSION_free(made)
        }
        if let issuer {
            let parent = Self.readCertificate(issuer.chain)
            let parentKey = Self.readKey(issuer.key)
            X509_set_issuer_name(certificate, X509_get_subject_name(parent))
            precondition(X509_sign(certificate, parentKey, hash) > 0)
            X509_free(parent)
            EVP_PKEY_free(parentKey)
        } else {
            X509_set_issuer_name(certificate, subject)
            precondition(X509_sign(certificate, key, kind == .ed25519 ? nil : hash) > 0)
        }

        chain = Self.bytes { PEM_write_bio_X509($0, certificate) }
        self.key = Self.bytes { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    init(chain: [UInt8], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }

    /// The key with a passphrase.
    var encryptedKey: [UInt8] {
        let key = Self.readKey(key)
        defer { EVP_PKEY_free(key) }
        return Self.bytes {
            PEM_write_bio_PrivateKey($0, key, EVP_aes_128_cbc(), [1, 2, 3, 4], 4, nil, nil)
        }
    }

    /// The certificate, and the key, in the binary form.
    var der: (chain: [UInt8], key: [UInt8]) {
        let certificate = Self.readCertificate(chain)
        let key = Self.readKey(key)
        defer {
            X509_free(certificate)
            EVP_PKEY_free(key)
        }
        return (
            Self.bytes { i2d_X509_bio($0, certificate) },
            Self.bytes { i2d_PrivateKey_bio($0, key) }
        )
    }

    /// Lets a context of libssl show it.
    func install(in context: OpaquePointer) {
        let certificate = Self.readCertificate(chain)
        let key = Self.readKey(key)
        precondition(SSL_CTX_use_certificate(context, certificate) == 1)
        precondition(SSL_CTX_use_PrivateKey(context, key) == 1)
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// Lets a context of libssl ask for a certificate that this one has signed.
    func demand(in context: OpaquePointer) {
        let certificate = Self.readCertificate(chain)
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate)
        X509_free(certificate)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    private static func makeKey(_ kind: Kind) -> OpaquePointer? {
        let id =
            switch kind {
            case .ecdsa: EVP_PKEY_EC
            case .rsa, .shortRSA: EVP_PKEY_RSA
            case .ed25519: EVP_PKEY_ED25519
            }
        let context = EVP_PKEY_CTX_new_id(id, nil)
        defer { EVP_PKEY_CTX_free(context) }
        precondition(EVP_PKEY_keygen_init(context) == 1)
        if kind == .ecdsa {
            precondition(
                EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1)
        }
        if kind == .shortRSA { EVP_PKEY_CTX_set_rsa_keygen_bits(context, 1024) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen(context, &key) == 1)
        return key
    }

    private static func readCertificate(_ pem: [UInt8]) -> OpaquePointer? {
        let source = BIO_new(BIO_s_mem())
        defer { BIO_free(source) }
        BIO_write(source, pem, Int32(pem.count))
        return PEM_read_bio_X509(source, nil, nil, nil)
    }

    private static func readKey(_ pem: [UInt8]) -> OpaquePointer? {
        let source = BIO_new(BIO_s_mem())
        defer { BIO_free(source) }
        BIO_write(source, pem, Int32(pem.count))
        return PEM_read_bio_PrivateKey(source, nil, nil, nil)
    }

    private static func bytes(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let target = BIO_new(BIO_s_mem())
        defer { BIO_free(target) }
        precondition(write(target) == 1)
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(target))
        precondition(BIO_read(target, &bytes, Int32(bytes.count)) == bytes.count)
        return bytes
    }
}

// Certificates for tests, made by libcrypto when they are needed.

import CSSL

@testable import WebSocketTLS

/// A self-signed certificate of a host, with its key, in PEM.
struct Certificate: Sendable {
    let chain: [UInt8]
    let key: [UInt8]

    /// One for all tests.
    static let localhost = Certificate(names: "DNS:localhost,IP:127.0.0.1")

    /// As a server is given it.
    var certified: CertifiedKey { CertifiedKey(chain: chain, privateKey: key) }

    init(names: String) {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1)
        precondition(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1)
        precondition(EVP_PKEY_keygen(context, &key) == 1)
        defer { EVP_PKEY_free(key) }

        let certificate = X509_new()
        defer { X509_free(certificate) }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86_400)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, "test", -1, -1, 0)
        X509_set_issuer_name(certificate, subject)
        let alternative = X509V3_EXT_conf_nid(nil, nil, NID_subject_alt_name, names)
        precondition(X509_add_ext(certificate, alternative, -1) == 1)
        X509_EXTENSION_free(alternative)
        precondition(X509_sign(certificate, key, EVP_sha256()) > 0)

        chain = Self.bytes { PEM_write_bio_X509($0, certificate) }
        self.key = Self.bytes { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
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

// UNSAFE: makes a certificate with libcrypto; everything that it gives us is owned by a value that
// frees it, or freed in the same function.

import CSSL
import LibC

/// Certificates that no authority has signed, for trying.
package enum SelfSigned {
    /// A certificate for these names, valid for so long from now on, with a new key.
    package static func make(names: [String], seconds: Int) throws(TLSSetupError) -> CertifiedKey {
        guard !names.isEmpty else { throw .noNames }
        let alternatives = try names.map { name throws(TLSSetupError) in try alternative(name) }
        guard let made = unsafe cssl_make_key(), let new = unsafe X509_new() else {
            fatalError("libcrypto could not make a key")
        }
        let key = unsafe PrivateKey(owning: made)
        let certificate = unsafe X509Certificate(owning: new)
        let pointer = unsafe certificate.pointer
        unsafe X509_set_version(pointer, 2)
        // Browsers confuse certificates with the same issuer and number: 63 random bits.
        var number: UInt64 = 0
        unsafe RAND_bytes(&number, 8)
        unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(pointer), number >> 1 | 1)
        unsafe X509_gmtime_adj(X509_getm_notBefore(pointer), -3600)
        unsafe X509_gmtime_adj(X509_getm_notAfter(pointer), max(1, seconds))
        unsafe X509_set_pubkey(pointer, key.pointer)
        let subject = unsafe X509_get_subject_name(pointer)
        let name = [UInt8]("Roost, for trying".utf8)
        unsafe X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_UTF8, name, Int32(name.count), -1, 0)
        unsafe X509_set_issuer_name(pointer, subject)
        unsafe add(NID_subject_alt_name, alternatives.joined(separator: ","), to: pointer)
        unsafe add(NID_basic_constraints, "critical,CA:FALSE", to: pointer)
        // Without the second use a server that asks clients for certificates refuses it.
        unsafe add(NID_ext_key_usage, "serverAuth,clientAuth", to: pointer)
        guard unsafe X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else {
            fatalError("libcrypto could not sign a certificate")
        }
        return CertifiedKey(
            chain: unsafe text { unsafe PEM_write_bio_X509($0, pointer) },
            privateKey: unsafe text {
                unsafe PEM_write_bio_PrivateKey($0, key.pointer, nil, nil, 0, nil, nil)
            }, origin: "self-signed")
    }

    /// A name as libcrypto's configuration has it. Commas and colons have a meaning there, so that
    /// only what a name can have is let through.
    private static func alternative(_ name: String) throws(TLSSetupError) -> String {
        var address = in6_addr()
        for family in [AF_INET, AF_INET6]
        where unsafe inet_pton(family, name, &address) == 1 { return "IP:" + name }
        let isName =
            (1...253).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
        guard isName else { throw .badName(name) }
        return "DNS:" + name
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) {
        guard let made = unsafe X509V3_EXT_conf_nid(nil, nil, kind, value) else {
            fatalError("libcrypto could not make a certificate's extension")
        }
        defer { unsafe X509_EXTENSION_free(made) }
        unsafe X509_add_ext(certificate, made, -1)
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let target = unsafe BIO_new(BIO_s_mem()) else { fatalError("out of memory") }
        defer { unsafe BIO_free(target) }
        guard unsafe write(target) == 1 else { fatalError("libcrypto could not write PEM") }
        let count = unsafe BIO_ctrl_pending(target)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
            written = Int(max(0, unsafe BIO_read(target, bytes.baseAddress, Int32(count))))
        }
    }
}

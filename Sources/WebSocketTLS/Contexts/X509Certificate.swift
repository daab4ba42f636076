// UNSAFE: a certificate and a key of libcrypto. Invariants: each value owns one reference, and
// frees it once; what libcrypto lends is copied within one function.

import CSSL
import LibC

/// A private key.
@safe
final class PrivateKey {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// A certificate (RFC 5280).
@safe
final class X509Certificate {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_free(pointer) }

    /// A name of the extension subjectAltName (§4.2.1.6).
    enum AlternativeName: Equatable {
        case host(String)
        case address(String)
        case uri(String)
        case email(String)
    }

    /// The names of the extension subjectAltName. Names with bytes that are not visible ASCII are
    /// left out: they are for nobody, and could deceive people.
    var alternativeNames: [AlternativeName] {
        let found = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil)
        guard let found = unsafe found else { return [] }
        let names = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(names) }
        let count = unsafe cssl_name_count(names)
        return (0..<count).compactMap { index in
            guard let name = unsafe cssl_name(names, index)?.pointee else { return nil }
            switch unsafe name.type {
            case GEN_DNS: return unsafe Self.ascii(name.d.dNSName).map { .host($0) }
            case GEN_URI:
                return unsafe Self.ascii(name.d.uniformResourceIdentifier).map { .uri($0) }
            case GEN_EMAIL: return unsafe Self.ascii(name.d.rfc822Name).map { .email($0) }
            case GEN_IPADD: return unsafe Self.address(name.d.iPAddress).map { .address($0) }
            default: return nil
            }
        }
    }

    /// The subject's common name; nil if there is none, or it has control characters.
    var commonName: String? { unsafe Self.text(NID_commonName, X509_get_subject_name(pointer)) }

    /// The common name of the authority that has signed it, or its organization; "" without both.
    var issuer: String {
        let name = unsafe X509_get_issuer_name(pointer)
        return unsafe Self.text(NID_commonName, name) ?? Self.text(NID_organizationName, name) ?? ""
    }

    /// From when on it is valid, in seconds since 1970.
    var notBefore: Int { unsafe Self.seconds(X509_get0_notBefore(pointer)) }
    /// Until when it is valid, in seconds since 1970.
    var notAfter: Int { unsafe Self.seconds(X509_get0_notAfter(pointer)) }

    /// SHA-256 of the certificate.
    var digest: [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        guard unsafe X509_digest(pointer, EVP_sha256(), &digest, nil) == 1 else {
            fatalError("libcrypto could not hash a certificate")
        }
        return digest
    }

    /// SHA-256 of any bytes.
    static func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto could not hash")
        }
        return digest
    }

    private static func ascii(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        guard let bytes = unsafe bytes(string), !bytes.isEmpty,
            bytes.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8]? {
        guard let string = unsafe string, let data = unsafe ASN1_STRING_get0_data(string) else {
            return nil
        }
        let count = Int(unsafe ASN1_STRING_length(string))
        return unsafe [UInt8](UnsafeBufferPointer(start: data, count: count))
    }

    /// An address as it is written.
    private static func address(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        guard let bytes = unsafe bytes(string), bytes.count == 4 || bytes.count == 16 else {
            return nil
        }
        var text = [CChar](repeating: 0, count: 64)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        let end = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
        guard unsafe end != nil else { return nil }
        let written = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: written, as: UTF8.self)
    }

    /// The first entry of a kind in a distinguished name.
    private static func text(_ kind: Int32, _ name: OpaquePointer?) -> String? {
        guard let name = unsafe name else { return nil }
        let index = unsafe X509_NAME_get_index_by_NID(name, kind, -1)
        guard index >= 0, let entry = unsafe X509_NAME_get_entry(name, index) else { return nil }
        var utf8: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry))
        guard count > 0, let start = unsafe utf8 else { return nil }
        defer { unsafe CRYPTO_free(start, #file, #line) }
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count))
        guard let text = unsafe String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ !$0.properties.isControl })
        else { return nil }
        return text
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        let epoch = unsafe ASN1_TIME_set(nil, 0)
        defer { unsafe ASN1_STRING_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return 0 }
        return Int(days) * 86_400 + Int(seconds)
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}

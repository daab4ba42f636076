// Why a peer's certificate was refused.

/// What libcrypto found wrong with a peer's certificate.
struct CertificateRefusal: Equatable {
    /// X509_V_ERR_… of x509_vfy.h.
    let code: Int32
    /// The host names and addresses that the certificate is for.
    let names: [String]
}

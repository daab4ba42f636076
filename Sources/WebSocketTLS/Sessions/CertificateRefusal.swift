// UNSAFE: reads libcrypto's texts for its verdicts, which are constants.

import CSSL

/// What libcrypto found wrong with a peer's certificate.
struct CertificateRefusal: Equatable {
    /// X509_V_ERR_… of x509_vfy.h.
    let code: Int32
    /// The host names and addresses that the certificate is for.
    let names: [String]

    /// What is wrong, and what to do. `role` is ours.
    func sentence(of role: RecordLayer.Role, serverName: String?) -> String {
        let its = role == .client ? "The server's certificate" : "The client's certificate"
        switch code {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "\(its) is for \(nameList), and not for \(serverName ?? "this host")."
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "\(its), or an authority's, has expired: it must be renewed. If it has not, "
                + "check this machine's clock."
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "\(its), or an authority's, is not valid yet: check this machine's clock."
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "\(its) is self-signed: no authority vouches for it. If it is the right one, "
                + "add it to the trusted authorities."
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_CERT_UNTRUSTED,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "\(its) is signed by an authority that is not trusted here, or its chain is "
                + "incomplete."
        default:
            let text = unsafe X509_verify_cert_error_string(Int(code))
            return "\(its) is refused: \(unsafe text.map { unsafe String(cString: $0) } ?? "")."
        }
    }

    private var nameList: String {
        let shown = names.prefix(3).joined(separator: ", ")
        switch names.count {
        case 0: return "no host"
        case 1...3: return shown
        default: return "\(shown) and \(names.count - 3) more"
        }
    }
}

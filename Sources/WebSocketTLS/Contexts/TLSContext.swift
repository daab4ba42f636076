// UNSAFE: makes libssl's contexts. Invariants: `pointer` is a context that this object owns; its
// callbacks find this object, which every SSL object of it keeps alive, in its ex-data.

import CSSL
import Synchronization

/// What the connections of one kind have in common: a server's certificate and key, or the
/// authorities that a client trusts. It does not change after its making.
@safe
package final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    package let role: RecordLayer.Role
    /// Whether libssl goes on after every handshake.
    let keepsLibssl: Bool
    /// The keys of a server's session tickets.
    let ticketKeys: TicketKeys?
    /// The sessions that a client can resume; nil if it does not.
    package let resumable: ResumableSessions?
    /// The contexts of the other certificates, from number 1 on, if it is a server's first.
    private let others: [TLSContext]
    private let names: ServerNames
    /// Held during a step of a server's handshake.
    private let step = Mutex(())

    /// The most that the certificates may have that a client shows.
    private static let chainByteLimit = 32 * 1024

    /// A context of a server with one certificate.
    init(
        server certified: CertifiedKey, chain: [X509Certificate], _ settings: TLSServerSettings,
        _ ticketKeys: TicketKeys, others: [TLSContext] = [], names: ServerNames = ServerNames()
    ) throws(TLSSetupError) {
        unsafe pointer = Self.makeContext(TLS_server_method(), settings.minimumVersion)
        role = .server
        keepsLibssl = settings.recordLayer == .libssl
        self.ticketKeys = ticketKeys
        resumable = nil
        self.others = others
        self.names = names
        // Of TLS 1.2 the suites with forward secrecy and authenticated encryption (RFC 9325 §4.2).
        unsafe SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20")
        try use(certified, chain)
        try askClients(settings)
        // What libssl allocates for the certificates of a client; its own bound is 100 KiB.
        unsafe SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MAX_CERT_LIST, Self.chainByteLimit, nil)
        ServerCallbacks.install(in: self)
    }

    /// A client.
    package init(client settings: TLSClientSettings) throws(TLSSetupError) {
        unsafe pointer = Self.makeContext(TLS_client_method(), settings.minimumVersion)
        role = .client
        // Tickets come after the handshake, and only libssl knows what to make of them.
        keepsLibssl = settings.recordLayer == .libssl || settings.resumes
        ticketKeys = nil
        resumable = settings.resumes ? ResumableSessions() : nil
        others = []
        names = ServerNames()
        unsafe SSL_CTX_set_verify(
            pointer, settings.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
            HandshakeNotes.verifyCallback)
        // HTTP/1.1 alone (RFC 7301 §6); this function returns 0 when all is well.
        let protocols: [UInt8] = [8] + "http/1.1".utf8
        unsafe SSL_CTX_set_alpn_protos(pointer, protocols, UInt32(protocols.count))
        if settings.verifies { try trust(settings.authorities) }
        if let certified = settings.certificate {
            try use(certified, Self.chain(of: certified))
        }
        if settings.resumes { unsafe HandshakeNotes.keepSessions(in: pointer) }
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// SSL_do_handshake(3) for a connection that began with this context. A server's key log is off
    /// for a part of the step, and on again after it; the steps of servers that share a context, in
    /// several threads, exclude each other.
    func shakeHands(_ ssl: OpaquePointer) -> Int32 {
        guard role == .server else { return unsafe SSL_do_handshake(ssl) }
        return step.withLock { _ in
            let result = unsafe SSL_do_handshake(ssl)
            unsafe HandshakeNotes.setKeyLog(of: SSL_get_SSL_CTX(ssl), isOn: true)
            return result
        }
    }

    /// The context for a host; nil if that is this one.
    func other(for host: String) -> TLSContext? {
        guard let number = names.number(for: host), number > 0 else { return nil }
        return others[number - 1]
    }

    /// The chain of a certificate, its own first.
    static func chain(of certified: CertifiedKey) throws(TLSSetupError) -> [X509Certificate] {
        let origin = certified.origin
        return try PEM.certificates(
            in: certified.chain,
            none: PEM.isDER(certified.chain)
                ? .isDER(origin: origin) : .noCertificate(origin: origin),
            damaged: { .damagedCertificate(origin: origin, number: $0) })
    }

    private func use(
        _ certified: CertifiedKey, _ chain: [X509Certificate]
    ) throws(TLSSetupError) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let origin = certified.origin
        guard unsafe SSL_CTX_use_certificate(pointer, chain[0].pointer) == 1 else {
            throw Self.refusal(of: origin)
        }
        for certificate in chain.dropFirst() {
            // SSL_CTX_add1_chain_cert, which is a macro.
            let chained = unsafe UnsafeMutableRawPointer(certificate.pointer)
            guard unsafe SSL_CTX_ctrl(pointer, SSL_CTRL_CHAIN_CERT, 1, chained) == 1 else {
                throw Self.refusal(of: origin)
            }
        }
        let key = try PEM.privateKey(in: certified.privateKey, origin: origin)
        guard unsafe X509_check_private_key(chain[0].pointer, key.pointer) == 1 else {
            throw .keyDoesNotMatch(origin: origin)
        }
        guard unsafe SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1 else {
            throw Self.refusal(of: origin)
        }
    }

    /// Why libssl, or the system's rules for it (openssl.cnf), refuse a certificate.
    private static func refusal(of origin: String) -> TLSSetupError {
        let code = ERR_peek_error()
        switch ERR_GET_REASON(code) {
        case SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL: return .weakKey(origin: origin)
        case SSL_R_CA_MD_TOO_WEAK: return .weakSignature(origin: origin)
        default: return .refused(origin: origin, reason: SSLReason.text(of: code))
        }
    }

    /// Asks clients for a certificate, if there are authorities for it.
    private func askClients(_ settings: TLSServerSettings) throws(TLSSetupError) {
        // A ticket is accepted only where clients are asked for the same: else one of a server that
        // asks for nothing would pass for a certificate here.
        var name = [UInt8](settings.requiresClientCertificate ? "required".utf8 : "roost".utf8)
        defer {
            let name = X509Certificate.digest(of: name)
            unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
        }
        guard let authorities = settings.clientAuthorities else { return }
        for authority in try trust(authorities) {
            unsafe SSL_CTX_add_client_CA(pointer, authority.pointer)
            name += authority.digest
        }
        var mode = SSL_VERIFY_PEER
        if settings.requiresClientCertificate { mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT }
        unsafe SSL_CTX_set_verify(pointer, mode, HandshakeNotes.verifyCallback)
    }

    @discardableResult
    private func trust(_ pem: [UInt8]?) throws(TLSSetupError) -> [X509Certificate] {
        defer { ERR_clear_error() }
        guard let pem else {
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw .noSystemAuthorities
            }
            return []
        }
        let authorities = try PEM.certificates(
            in: pem, none: .noAuthorities, damaged: { .damagedAuthority(number: $0) })
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for (index, authority) in authorities.enumerated() {
            guard unsafe X509_STORE_add_cert(store, authority.pointer) == 1 else {
                throw .damagedAuthority(number: index + 1)
            }
        }
        return authorities
    }

    /// A context with everything that we never vary.
    private static func makeContext(
        _ method: OpaquePointer?, _ minimum: TLSVersion
    ) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(method) else {
            fatalError("libssl could not make a context")
        }
        unsafe SSL_CTX_set_options(context, cssl_options())
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, cssl_modes(), nil)
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_MIN_PROTO_VERSION,
            Int(minimum == .v13 ? TLS1_3_VERSION : TLS1_2_VERSION), nil)
        // Sessions are resumed by tickets alone.
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        let suites =
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
        unsafe SSL_CTX_set_ciphersuites(context, suites)
        unsafe HandshakeNotes.install(in: context)
        return unsafe context
    }
}

// OpenSSL's own TLS as the other end of our sessions: what it accepts and sends is right.

import CSSL

final class Oracle {
    private let context: OpaquePointer
    let ssl: OpaquePointer
    private let input = BIO_new(BIO_s_mem())
    private let output = BIO_new(BIO_s_mem())
    private(set) var received: [UInt8] = []
    private(set) var hasClosed = false
    /// The library's reason, once it has failed.
    private(set) var failure: String?
    /// The lines of the key log, if they are wanted.
    private(set) var keyLog: [String] = []

    init(
        isServer: Bool, suites: String? = nil, version: Int32 = TLS1_3_VERSION,
        certificate: Certificate = .localhost, logsKeys: Bool = false,
        configure: (OpaquePointer) -> Void = { _ in }
    ) {
        let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method())!
        self.context = context
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        if let suites { precondition(SSL_CTX_set_ciphersuites(context, suites) == 1) }
        if isServer { certificate.install(in: context) }
        configure(context)
        ssl = SSL_new(context)!
        SSL_set_bio(ssl, input, output)
        if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
        guard logsKeys else { return }
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_keylog_callback(context) { ssl, line in
            let oracle = Unmanaged<Oracle>.fromOpaque(SSL_get_ex_data(ssl, 0))
            oracle.takeUnretainedValue().keyLog.append(String(cString: line!))
        }
    }

    /// Another client that resumes the session of this one.
    func resumed(version: Int32 = TLS1_3_VERSION) -> Oracle {
        let session = SSL_get1_session(ssl)
        defer { SSL_SESSION_free(session) }
        let next = Oracle(isServer: false, version: version)
        precondition(SSL_set_session(next.ssl, session) == 1)
        return next
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    var isEstablished: Bool { SSL_is_init_finished(ssl) == 1 }
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// Takes bytes of the session, and returns what the session must get.
    func receive(_ bytes: [UInt8]) -> [UInt8] {
        if !bytes.isEmpty { BIO_write(input, bytes, Int32(bytes.count)) }
        var buffer = [UInt8](repeating: 0, count: 20_000)
        while true {
            ERR_clear_error()
            let count = SSL_read(ssl, &buffer, Int32(buffer.count))
            guard count <= 0 else {
                received += buffer[..<Int(count)]
                continue
            }
            switch SSL_get_error(ssl, count) {
            case SSL_ERROR_WANT_READ: break
            case SSL_ERROR_ZERO_RETURN: hasClosed = true
            default:
                if failure == nil {
                    failure = String(cString: ERR_reason_error_string(ERR_peek_error()))
                }
            }
            return take()
        }
    }

    func send(_ bytes: [UInt8]) -> [UInt8] {
        ERR_clear_error()
        precondition(SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count)
        return take()
    }

    /// Uses a new key, and asks for a new one of the session if wanted.
    func updateKey(requestsAnswer: Bool) -> [UInt8] {
        let kind = requestsAnswer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
        precondition(SSL_key_update(ssl, kind) == 1)
        precondition(SSL_do_handshake(ssl) == 1)
        return take()
    }

    /// Begins a second handshake, as TLS 1.2 has it.
    func renegotiate() -> [UInt8] {
        ERR_clear_error()
        SSL_renegotiate(ssl)
        SSL_do_handshake(ssl)
        return take()
    }

    func pad(to byteCount: Int) { SSL_set_block_padding(ssl, byteCount) }

    func close() -> [UInt8] {
        SSL_shutdown(ssl)
        return take()
    }

    func takeReceived() -> [UInt8] {
        defer { received = [] }
        return received
    }

    private func take() -> [UInt8] {
        let count = BIO_ctrl_pending(output)
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(BIO_read(output, &bytes, Int32(count)) == count)
        return bytes
    }
}

// UNSAFE: one connection of libssl on two memory BIOs. Invariants: `ssl` owns both BIOs and is
// freed once; `notes` outlives it; every span is read or written within one call.

import CSSL
import Storage

/// A connection as libssl keeps it: 14 to 48 KB. It lives as long as the handshake, and longer only
/// if the record layer cannot be ours.
@safe
final class SSLObject {
    enum Outcome: Equatable {
        case done
        case needsMore
        /// The peer has sent its close_notify.
        case closed
        /// The code of libssl's error queue.
        case failed(UInt)
    }

    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private let notes: UnsafeMutablePointer<HandshakeNotes>
    /// Whether libssl compares the name that a client expects; without such a name it
    /// would take everybody's certificate.
    private var hasExpectation = false
    /// The callbacks of libssl find it.
    private let context: TLSContext
    /// What a client calls the server.
    private let serverName: String?
    /// Why libssl goes on after the handshake; nil before.
    var keptReason: KeptReason?
    /// Whether a ClientHello is to come: see `HelloGate`.
    var awaitsHello: Bool
    var role: RecordLayer.Role { context.role }

    /// A connection of this context. A client names the server, by a host name or an address: its
    /// certificate must be for that. By the name and the port it may resume an earlier session.
    init(_ context: TLSContext, serverName: String?, port: UInt16) {
        self.context = context
        self.serverName = serverName
        awaitsHello = context.role == .server
        guard let ssl = unsafe SSL_new(context.pointer), let input = unsafe BIO_new(BIO_s_mem()),
            let output = unsafe BIO_new(BIO_s_mem())
        else { fatalError("out of memory") }
        unsafe self.ssl = ssl
        unsafe self.input = input
        unsafe self.output = output
        unsafe notes = .allocate(capacity: 1)
        unsafe notes.initialize(to: HandshakeNotes())
        unsafe SSL_set_ex_data(ssl, 0, notes)
        unsafe SSL_set_bio(ssl, input, output)
        switch context.role {
        case .server: unsafe SSL_set_accept_state(ssl)
        case .client:
            unsafe SSL_set_connect_state(ssl)
            hasExpectation = serverName.map(expect) ?? false
            if hasExpectation, let serverName, let sessions = context.resumable {
                let key = "\(serverName):\(port)"
                unsafe notes.pointee.keeping = (sessions, key)
                unsafe sessions.offer(key, by: ssl)
            }
        }
    }

    deinit {
        // Without this libssl takes the session for broken, and refuses to resume it.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
        unsafe notes.pointee.cleanse()
        unsafe notes.deinitialize(count: 1)
        unsafe OPENSSL_cleanse(notes, MemoryLayout<HandshakeNotes>.size)
        unsafe notes.deallocate()
    }

    /// Leaves the context's list of protocols (ALPN) out of a client's hello.
    func offerNoProtocol() { unsafe SSL_set_alpn_protos(ssl, nil, 0) }

    /// Makes libssl compare the server's certificate with this name, and returns whether it will.
    private func expect(_ name: String) -> Bool {
        defer { ERR_clear_error() }
        // For libcrypto an empty name is no name, and a leading dot means all names below; it takes
        // a name up to its first NUL.
        guard let first = name.utf8.first, first != UInt8(ascii: "."), !name.utf8.contains(0)
        else { return false }
        // An address is not sent as a server name (RFC 6066 §3).
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1 { return true }
        unsafe SSL_set_hostflags(
            ssl,
            UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        guard unsafe SSL_set1_host(ssl, name) == 1 else { return false }
        // SSL_set_tlsext_host_name, which is a macro; libssl copies the name.
        return unsafe name.withCString { name in
            unsafe SSL_ctrl(
                ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name)) == 1
        }
    }

    /// Gives libssl bytes of the peer.
    func receive(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard bytes.count > 0 else { return }
            let count = unsafe BIO_write(input, bytes.baseAddress, Int32(bytes.count))
            precondition(count == bytes.count, "a memory BIO takes everything")
        }
    }

    /// Goes on with the handshake. A client that expects nobody never begins one.
    func shakeHands() -> Outcome {
        guard role == .server || hasExpectation else { return .failed(SSLReason.badServerName) }
        ERR_clear_error()
        return outcome(unsafe context.shakeHands(ssl))
    }

    /// Moves what libssl has written to `target`, and returns how many of the records are
    /// encrypted.
    func takeOutput(into target: inout ByteBuffer) -> UInt64 {
        let first = target.count
        unsafe drain(output, into: &target)
        let written = target.span.extracting(first...)
        var recordCount: UInt64 = 0
        var position = 0
        while position + RecordLayer.headerByteCount <= written.count {
            if written[position] == ContentType.applicationData.rawValue { recordCount += 1 }
            position +=
                RecordLayer.headerByteCount + Int(written[position + 3]) << 8
                + Int(written[position + 4])
        }
        return recordCount
    }

    /// Moves the peer's bytes that libssl has not read to `target`.
    func takeRest(into target: inout ByteBuffer) { unsafe drain(input, into: &target) }

    private func drain(_ source: OpaquePointer, into target: inout ByteBuffer) {
        let count = unsafe BIO_ctrl_pending(source)
        guard count > 0 else { return }
        let bytes = unsafe target.appendUninitialized(count)
        let read = unsafe BIO_read(source, bytes, Int32(count))
        precondition(read == count, "a memory BIO gives what it has")
    }

    /// Appends all application data that has come.
    func read(into plaintext: inout ByteBuffer) -> Outcome {
        while true {
            ERR_clear_error()
            let result = plaintext.append(capacity: RecordLayer.contentByteLimit) { room in
                unsafe room.withUnsafeMutableBufferPointer { target, count in
                    let result = unsafe SSL_read(ssl, target.baseAddress, Int32(target.count))
                    count += Int(max(0, result))
                    return result
                }
            }
            if result <= 0 { return outcome(result) }
        }
    }

    /// Seals `bytes`, all of them: a memory BIO has no end.
    func write(_ bytes: Span<UInt8>) -> Outcome {
        var position = 0
        while position < bytes.count {
            ERR_clear_error()
            let result = unsafe bytes.extracting(position...).withUnsafeBufferPointer { rest in
                unsafe SSL_write(ssl, rest.baseAddress, Int32(clamping: rest.count))
            }
            guard result > 0 else { return outcome(result) }
            position += Int(result)
        }
        return .done
    }

    /// Writes a close_notify.
    func close() {
        unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private func outcome(_ result: Int32) -> Outcome {
        if result > 0 { return .done }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsMore
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            let code = ERR_peek_error()
            ERR_clear_error()
            return .failed(code)
        }
    }

    /// Why the handshake failed, from libssl's error code.
    func failure(_ code: UInt) -> HandshakeFailure {
        HandshakeFailure(
            code: code, role: role, serverName: serverName, refusal: unsafe notes.pointee.refusal)
    }

    /// What came of the handshake.
    func summary() -> HandshakeSummary {
        let cipher = unsafe SSL_get_current_cipher(ssl)
        let suite = unsafe SSL_CIPHER_standard_name(cipher)
        let host = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
        var (name, count) = unsafe (UnsafePointer<UInt8>?.none, UInt32(0))
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        // A client knows whom it has reached.
        let certificate = unsafe role == .server ? SSL_get1_peer_certificate(ssl) : nil
        let peer = unsafe certificate.map { unsafe X509Certificate(owning: $0) }
        return HandshakeSummary(
            version: unsafe SSL_version(ssl) == TLS1_3_VERSION ? .v13 : .v12,
            suite: unsafe suite.map { unsafe String(cString: $0) } ?? "",
            isResumed: unsafe SSL_session_reused(ssl) == 1, keptReason: keptReason,
            serverName: unsafe host.map { unsafe String(cString: $0) },
            hasApplicationProtocol: count > 0, peerName: peer?.identity)
    }

    /// The record layer that goes on after the handshake, or why libssl must go on.
    /// `writtenCount` is how many encrypted records the last step of the handshake wrote.
    func detach(role: RecordLayer.Role, writtenCount: UInt64) -> Result<RecordLayer, KeptReason> {
        if context.keepsLibssl { return .failure(.asked) }
        guard unsafe SSL_version(ssl) == TLS1_3_VERSION else { return .failure(.version) }
        let cipher = unsafe SSL_get_current_cipher(ssl)
        guard let cipher = unsafe cipher,
            let suite = CipherSuite(code: unsafe SSL_CIPHER_get_protocol_id(cipher))
        else { return .failure(.suite) }
        var notes = unsafe self.notes.pointee
        defer { notes.cleanse() }
        guard notes.client.count == suite.secretByteCount,
            notes.server.count == suite.secretByteCount
        else { return .failure(.secrets) }
        guard unsafe SSL_has_pending(ssl) == 0 else { return .failure(.pendingInput) }
        let client = notes.client.bytes.span.extracting(first: notes.client.count)
        let server = notes.server.bytes.span.extracting(first: notes.server.count)
        switch role {
        case .client:
            return .success(
                RecordLayer(
                    role: role, suite: suite, sendingSecret: client, receivingSecret: server))
        case .server:
            // Two ways of counting the tickets must agree: a wrong number would use a nonce twice.
            guard notes.recordCount == writtenCount else { return .failure(.recordCount) }
            return .success(
                RecordLayer(
                    role: role, suite: suite, sendingSecret: server, receivingSecret: client,
                    sentRecordCount: notes.recordCount))
        }
    }
}

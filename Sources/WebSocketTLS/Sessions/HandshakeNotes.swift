// UNSAFE: what libssl's callbacks note about a handshake. Invariants: the ex-data of an SSL object
// points to its notes as long as it can call back; lines and headers are read only during the call.

import CSSL
import LibC

/// What we learn of a handshake through documented callbacks, to go on without the SSL object.
struct HandshakeNotes {
    /// A traffic secret of the key log, with its length; 0 until it is known.
    struct Secret: BitwiseCopyable {
        var bytes = InlineArray<48, UInt8>(repeating: 0)
        var count = 0
    }

    var client = Secret()
    var server = Secret()
    /// How many records have been written since the server's secret became known.
    var recordCount: UInt64 = 0

    /// Why the peer's certificate is refused, if it is.
    var refusal: CertificateRefusal?

    /// Where a client's sessions are kept, and for which server; nil if they are not.
    var keeping: (sessions: ResumableSessions, key: String)?

    /// Overwrites the secrets.
    mutating func cleanse() {
        WebSocketTLS.cleanse(&client)
        WebSocketTLS.cleanse(&server)
    }

    /// Takes the secrets of a line of the key log: a label, the client's random in 64 hexadecimal
    /// digits, and the secret.
    mutating func note(line: Span<UInt8>) {
        if let secret = Self.secret(line, label: Self.clientLabel) {
            client = secret
        } else if let secret = Self.secret(line, label: Self.serverLabel) {
            server = secret
            recordCount = 0
        }
    }

    private static let clientLabel = [UInt8]("CLIENT_TRAFFIC_SECRET_0 ".utf8)
    private static let serverLabel = [UInt8]("SERVER_TRAFFIC_SECRET_0 ".utf8)

    private static func secret(_ line: Span<UInt8>, label: [UInt8]) -> Secret? {
        let first = label.count + 65
        guard line.count > first, (line.count - first).isMultiple(of: 2) else { return nil }
        for index in label.indices where line[index] != label[index] { return nil }
        var secret = Secret()
        secret.count = (line.count - first) / 2
        guard secret.count <= secret.bytes.count else { return nil }
        for index in 0..<secret.count {
            guard let high = digit(line[first + 2 * index]),
                let low = digit(line[first + 2 * index + 1])
            else { return nil }
            secret.bytes[index] = high << 4 | low
        }
        return secret
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Notes why libcrypto refuses a certificate, and what that says. The first reason stays.
    static let verifyCallback: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isGood, store in
        guard isGood == 0, let store = unsafe store else { return isGood }
        let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
        guard let ssl = unsafe ssl, let notes = unsafe HandshakeNotes.of(OpaquePointer(ssl)) else {
            return 0
        }
        if unsafe notes.pointee.refusal == nil {
            unsafe notes.pointee.refusal = CertificateRefusal(
                code: X509_STORE_CTX_get_error(store),
                names: X509_STORE_CTX_get0_cert(store).map { certificate in
                    unsafe X509_up_ref(certificate)
                    return unsafe X509Certificate(owning: certificate).serverNames
                } ?? [])
        }
        return 0
    }

    /// Lets the connections of a context of libssl note what happens.
    static func install(in context: OpaquePointer) {
        unsafe setKeyLog(of: context, isOn: true)
        unsafe SSL_CTX_set_msg_callback(context) { isWrite, _, type, bytes, count, ssl, _ in
            guard isWrite == 1, let ssl = unsafe ssl else { return }
            if type == SSL3_RT_HEADER, let notes = unsafe HandshakeNotes.of(ssl) {
                unsafe notes.pointee.recordCount += 1
            }
            guard type == SSL3_RT_HANDSHAKE, let bytes = unsafe bytes, count > 0 else { return }
            unsafe HandshakeNotes.wroteMessage(bytes.load(as: UInt8.self), ssl)
        }
    }

    /// Between ServerHello (2) and EncryptedExtensions (8) libssl logs the secrets of the handshake
    /// itself, which nobody needs here: a line is some 70 calls of sprintf(3), and these two lines
    /// are 1.5 % of a handshake that resumes.
    private static func wroteMessage(_ type: UInt8, _ ssl: OpaquePointer) {
        switch type {
        case 2: unsafe setKeyLog(of: SSL_get_SSL_CTX(ssl), isOn: false)
        case 8: unsafe setKeyLog(of: SSL_get_SSL_CTX(ssl), isOn: true)
        default: break
        }
    }

    /// Lets libssl log secrets, or not. A context is shared by its connections: see
    /// ``TLSContext/shakeHands(_:)``.
    static func setKeyLog(of context: OpaquePointer?, isOn: Bool) {
        guard isOn else { return unsafe SSL_CTX_set_keylog_callback(context, nil) }
        unsafe SSL_CTX_set_keylog_callback(context) { ssl, line in
            guard let line = unsafe line, let notes = unsafe HandshakeNotes.of(ssl) else { return }
            let count = unsafe strlen(line)
            let bytes = unsafe UnsafeRawBufferPointer(start: line, count: count)
            unsafe notes.pointee.note(line: bytes.bindMemory(to: UInt8.self).span)
        }
    }

    /// Lets the connections of a client's context keep the sessions that they are given.
    static func keepSessions(in context: OpaquePointer) {
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_SESS_CACHE_MODE,
            Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL), nil)
        unsafe SSL_CTX_sess_set_new_cb(context) { ssl, session in
            guard let session = unsafe session, let notes = unsafe HandshakeNotes.of(ssl),
                let keeping = unsafe notes.pointee.keeping
            else { return 0 }
            unsafe keeping.sessions.add(session, for: keeping.key)
            return 1
        }
    }

    private static func of(_ ssl: OpaquePointer?) -> UnsafeMutablePointer<HandshakeNotes>? {
        guard let ssl = unsafe ssl, let data = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
        return unsafe data.assumingMemoryBound(to: HandshakeNotes.self)
    }
}

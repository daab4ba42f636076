// UNSAFE: libssl's callbacks of a server's context. Invariants: a context's ex-data points to its
// TLSContext, which lives as long as an SSL object can call back; what libssl lends is read or
// written within the call.

import CSSL

/// What libssl asks a server during a handshake.
enum ServerCallbacks {
    /// Lets the connections of a context ask.
    static func install(in context: TLSContext) {
        let pointer = unsafe context.pointer
        unsafe SSL_CTX_set_ex_data(pointer, 0, Unmanaged.passUnretained(context).toOpaque())
        unsafe cssl_set_server_name_callback(pointer) { ssl, _, _ in
            unsafe ServerCallbacks.chooseCertificate(ssl)
        }
        unsafe SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, count, offered, offeredCount, _ in
                unsafe ServerCallbacks.chooseProtocol(chosen, count, offered, offeredCount)
            }, nil)
        unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer) {
            ssl, name, vector, cipher, mac, isNew in
            guard let name = unsafe name, let vector = unsafe vector, let cipher = unsafe cipher,
                let mac = unsafe mac, let keys = unsafe ServerCallbacks.context(of: ssl)?.ticketKeys
            else { return -1 }
            return isNew == 1
                ? unsafe keys.encrypt(name, vector, cipher, mac)
                : unsafe keys.decrypt(
                    name, vector, cipher, mac, renewing: SSL_version(ssl) == TLS1_3_VERSION)
        }
        // Two hours, after which a key of TicketKeys may be forgotten.
        unsafe SSL_CTX_set_timeout(pointer, TicketKeys.ticketSeconds)
    }

    private static func context(of ssl: OpaquePointer?) -> TLSContext? {
        guard let ssl = unsafe ssl,
            let data = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0)
        else { return nil }
        return unsafe Unmanaged<TLSContext>.fromOpaque(data).takeUnretainedValue()
    }

    /// Goes on with the context for the host that the client has named.
    private static func chooseCertificate(_ ssl: OpaquePointer?) -> Int32 {
        guard let ssl = unsafe ssl, let context = unsafe context(of: ssl),
            let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
        else { return SSL_TLSEXT_ERR_NOACK }
        if let other = context.other(for: unsafe String(cString: name)) {
            unsafe SSL_set_SSL_CTX(ssl, other.pointer)
        }
        return SSL_TLSEXT_ERR_OK
    }

    /// Chooses HTTP/1.1, or refuses a client that does not offer it (RFC 7301 §3.2).
    private static func chooseProtocol(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
        _ offeredCount: UInt32
    ) -> Int32 {
        guard let offered = unsafe offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
        var position = 0
        while position < list.count {
            let count = Int(unsafe list[position])
            let name = position + 1..<min(position + 1 + count, list.count)
            if unsafe list[name].elementsEqual("http/1.1".utf8) {
                unsafe chosen?.pointee = offered + name.lowerBound
                unsafe chosenCount?.pointee = UInt8(name.count)
                return SSL_TLSEXT_ERR_OK
            }
            position = name.upperBound
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}

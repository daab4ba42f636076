// A TLS connection from its first byte to its last, without a socket.

import Storage

/// A connection of either role: bytes of the peer in, bytes for the peer and application data out.
///
/// libssl shakes hands. If the result is TLS 1.3 with one of our suites, the session goes on as a
/// ``RecordLayer``, and libssl's object is freed. Otherwise libssl goes on, behind the same calls.
package struct TLSSession: ~Copyable {
    /// What few sessions keep: there is one of these during the handshake, or for a name.
    private(set) var details: SessionDetails?
    /// What has come and is no whole record yet.
    var incoming = ByteBuffer()
    /// The record layer, once it is ours.
    package internal(set) var layer: RecordLayer?
    package let role: RecordLayer.Role
    /// Whether the handshake is over.
    package private(set) var isEstablished = false

    /// libssl's object, as long as it has the session.
    var object: SSLObject? { details?.object }

    /// Why libssl goes on after the handshake; nil if it does not, or not yet.
    package var keptReason: KeptReason? { object?.keptReason }

    /// Why nothing more is received; nil until then. After `.records(.closed)`, the peer's
    /// close_notify, things can be sent until ours: a request may come with the end behind it.
    package internal(set) var end: SessionEnd? {
        get { details?.end ?? layer?.end.map { .records($0) } }
        set {
            // The record layer knows its own end.
            if layer?.end != nil { return }
            let details = details ?? SessionDetails()
            details.end = newValue
            self.details = details
        }
    }

    /// Whether nothing more is received. It is asked for every record, and ``end`` takes longer.
    package var hasEnded: Bool { details?.end != nil || layer?.end != nil }

    /// The name of a client's certificate; nil if we asked for none, or got none.
    package var peerName: String? { details?.peerName }

    /// Whether the handshake has resumed an earlier session; false once the summary is taken.
    package var hasResumed: Bool { details?.summary?.isResumed ?? false }

    /// What came of the handshake: once, after ``isEstablished`` has become true. Nil after that,
    /// and for a restored session.
    package mutating func takeSummary() -> HandshakeSummary? {
        guard let details, let summary = details.summary else { return nil }
        details.summary = nil
        // Most sessions keep nothing.
        if details.isEmpty { self.details = nil }
        return summary
    }

    /// A place for a server's session, which has not begun.
    package init() { role = .server }

    /// Whether it has begun: there is a context.
    package var hasBegun: Bool { object != nil || layer != nil || end != nil }

    /// A server's session before its first byte.
    package init(_ contexts: TLSServerContexts) { self.init(contexts.first) }

    /// A session before its first byte. A client names the server, by a host name or an address,
    /// for which the server's certificate must be, and its port. Without `offersHTTP` it names no
    /// protocol (ALPN): it speaks another one.
    package init(
        _ context: TLSContext, serverName: String? = nil, port: UInt16 = 443,
        offersHTTP: Bool = true
    ) {
        role = context.role
        let details = SessionDetails()
        details.object = SSLObject(context, serverName: serverName, port: port)
        if !offersHTTP { details.object?.offerNoProtocol() }
        self.details = details
    }

    /// A session that goes on with a layer, with what has come of its next record, and with a
    /// client's name.
    package init(
        layer: RecordLayer, incoming: Span<UInt8> = Span(), peerName: String? = nil
    ) {
        self.layer = layer
        role = layer.role
        isEstablished = true
        self.incoming.append(incoming)
        guard let peerName else { return }
        let details = SessionDetails()
        details.peerName = peerName
        self.details = details
    }

    /// Writes a client's first bytes. A server waits for them.
    package mutating func start(into output: inout ByteBuffer) {
        guard role == .client, let object, !isEstablished, end == nil else { return }
        shakeHands(object, output: &output)
    }

    /// Takes bytes of the peer. Application data is appended to `plaintext`, and what the peer must
    /// get to `output`. ``end`` and ``isEstablished`` may have changed then.
    package mutating func receive(
        _ bytes: Span<UInt8>, plaintext: inout ByteBuffer, output: inout ByteBuffer,
        _ ciphers: inout RecordCiphers
    ) {
        guard end == nil else { return }
        if let object {
            if object.awaitsHello {
                incoming.append(bytes)
                guard passHello(to: object, output: &output) else { return }
                object.receive(incoming.span)
                incoming.removeAll()
            } else {
                object.receive(bytes)
            }
            if !isEstablished { shakeHands(object, output: &output) }
            if keptReason != nil, end == nil {
                readKept(object, plaintext: &plaintext, output: &output)
            }
        } else {
            incoming.append(bytes)
        }
        if layer != nil { readRecords(plaintext: &plaintext, output: &output, &ciphers) }
    }

    /// Appends `content` to `output`, sealed. Throws before the handshake is over, after
    /// `close(into:_:)`, and after every ``end`` but the peer's close_notify.
    package mutating func send(
        _ content: Span<UInt8>, into output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) {
        if layer != nil {
            // It knows whether it may still send.
            try layer?.seal(content, into: &output, &ciphers)
        } else if let object, isEstablished, end == nil || end == .records(.closed) {
            let outcome = object.write(content)
            _ = object.takeOutput(into: &output)
            guard outcome == .done else { throw .sendingEnded }
        } else {
            throw .sendingEnded
        }
    }

    /// Appends a close_notify; the peer's bytes are still read. Before the handshake is over it
    /// does nothing.
    package mutating func close(into output: inout ByteBuffer, _ ciphers: inout RecordCiphers) {
        guard isEstablished else { return }
        layer?.close(into: &output, &ciphers)
        guard let object else { return }
        object.close()
        _ = object.takeOutput(into: &output)
    }

    /// Overwrites the secrets, and frees what libssl has.
    package mutating func cleanse() {
        layer?.cleanse()
        details?.object = nil
        incoming.removeAll()
        if end == nil { end = .records(.closed) }
    }

    /// Gives libssl a hello that is whole. Returns whether what has come behind it, or instead of
    /// it, is for libssl, too.
    private mutating func passHello(to object: SSLObject, output: inout ByteBuffer) -> Bool {
        while object.awaitsHello {
            switch HelloGate.answer(incoming.span) {
            case .keep: return false
            case .refuse:
                end = .handshakeFailed(object.failure(SSLReason.messageTooLong))
                for byte in HelloGate.alert { output.append(byte) }
                incoming.removeAll()
                return false
            case .pass(let count):
                object.awaitsHello = false
                object.receive(incoming.span.extracting(0..<count))
                incoming.removeFirst(count)
                shakeHands(object, output: &output)
                if end != nil {
                    incoming.removeAll()
                    return false
                }
            }
        }
        return !incoming.isEmpty
    }

    private mutating func shakeHands(_ object: SSLObject, output: inout ByteBuffer) {
        let first = output.count
        let outcome = object.shakeHands()
        let writtenCount = object.takeOutput(into: &output)
        switch outcome {
        case .needsMore where role == .server:
            object.awaitsHello = HelloGate.asksAgain(output.span.extracting(first...))
        case .needsMore: return
        case .closed: end = .handshakeFailed(object.failure(0))
        case .failed(let code): end = .handshakeFailed(object.failure(code))
        case .done:
            isEstablished = true
            let result = object.detach(role: role, writtenCount: writtenCount)
            if case .failure(let reason) = result { object.keptReason = reason }
            let summary = object.summary()
            details?.summary = summary
            details?.peerName = summary.peerName
            if case .success(let layer) = result {
                self.layer = layer
                object.takeRest(into: &incoming)
                details?.object = nil
            }
        }
    }

    private mutating func readKept(
        _ object: SSLObject, plaintext: inout ByteBuffer, output: inout ByteBuffer
    ) {
        switch object.read(into: &plaintext) {
        case .done, .needsMore: break
        case .closed: end = .records(.closed)
        case .failed(let code): end = .kept(code)
        }
        _ = object.takeOutput(into: &output)
    }

    private mutating func readRecords(
        plaintext: inout ByteBuffer, output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) {
        var position = 0
        var input = ByteBuffer()
        swap(&input, &incoming)
        var bytes = input.mutableSpan
        reading: while true {
            switch layer?.next(&bytes, from: &position, output: &output, &ciphers) {
            case nil, .needsMore: break reading
            case .data(let range): plaintext.append(bytes.span.extracting(range))
            case .ended(let end):
                self.end = .records(end)
                break reading
            }
        }
        input.removeFirst(position)
        // An idle session keeps no memory for input, and a session that is over no input.
        if input.isEmpty || end != nil { input.removeAll() }
        swap(&input, &incoming)
    }
}

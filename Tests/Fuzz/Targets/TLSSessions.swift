// Two sessions of TLS with an attacker between them, who cuts and changes what they say.
import Storage

@testable import WebSocketTLS

/// Whatever the attacker does, nobody gets anything but the beginning of what the other has sent;
/// and all of it, if the attacker only cuts.
func fuzzTLSSessions(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    var settings = TLSClientSettings()
    settings.authorities = try certified.get().chain
    let client = TLSSession(try TLSContext(client: settings), serverName: "localhost")
    let server = TLSSession(try TLSServerContexts([certified.get()]))
    var wire = Wire(client, server, &input)
    wire.settle()
    if !wire.isAttacked {
        try check(wire.client.isEstablished && wire.server.isEstablished, "no handshake")
        try check(wire.client.layer != nil && wire.server.layer != nil, "libssl's records")
    }
    while !input.isAtEnd {
        try wire.act(&input)
        wire.settle()
        try check(wire.toServer.isHonest && wire.toClient.isHonest, "data that nobody has sent")
    }
    guard !wire.isAttacked else { return }
    try check(wire.toServer.isComplete && wire.toClient.isComplete, "data is missing")
    let ends = [wire.client.end, wire.server.end]
    try check(ends.allSatisfy { $0 == nil || $0 == .records(.closed) }, "ends: \(ends)")
}

private let certified = Result { try SelfSigned.make(names: ["localhost"], seconds: 1_000_000) }

/// One direction: what is under way, and what has been said and heard.
private struct Direction {
    var bytes: [UInt8] = []
    /// How many bytes have gone through, for the attacker's place.
    var passedCount = 0
    var sent: [UInt8] = []
    var received: [UInt8] = []

    var isHonest: Bool { sent.starts(with: received) }
    var isComplete: Bool { sent == received }
}

private struct Wire: ~Copyable {
    var client: TLSSession
    var server: TLSSession
    var toServer = Direction()
    var toClient = Direction()
    let isAttacked: Bool
    private var ciphers = RecordCiphers()
    private let sizes: [Int]
    private let attack: (toServer: Bool, place: Int, kind: UInt8, value: UInt8)
    private var turn = 0

    init(_ client: consuming TLSSession, _ server: consuming TLSSession, _ input: inout FuzzInput) {
        self.client = client
        self.server = server
        ciphers.recordsPerKey = input.choice([1 << 24, 3, 7])
        sizes = [input.number(in: 9...2000), input.number(in: 9...3000), input.number(in: 1...40)]
        isAttacked = input.bool()
        attack = (input.bool(), input.number(in: 0...3000), input.byte() % 5, input.byte())
        var output = ByteBuffer()
        self.client.start(into: &output)
        toServer.bytes = copied(output)
    }

    /// Delivers until nothing is under way.
    mutating func settle() {
        while !toServer.bytes.isEmpty || !toClient.bytes.isEmpty {
            var plaintext = ByteBuffer()
            var output = ByteBuffer()
            toServer.received += receiveInPlace(takePiece(isToServer: true), output: &output)
            toClient.bytes += copied(output)
            output.removeAll()
            let piece = takePiece(isToServer: false)
            client.receive(piece.span, plaintext: &plaintext, output: &output, &ciphers)
            toClient.received += copied(plaintext)
            toServer.bytes += copied(output)
        }
    }

    /// The server receives as the reactor does it, in one buffer that holds what was incomplete.
    private mutating func receiveInPlace(
        _ piece: [UInt8], output: inout ByteBuffer
    ) -> [UInt8] {
        let keptCount = server.incompleteByteCount
        var buffer = [UInt8](repeating: 0, count: keptCount) + piece
        buffer += [UInt8](repeating: 0, count: TLSSession.libraryRoom)
        var bytes = buffer.mutableSpan
        server.copyIncomplete(to: &bytes)
        let count = server.receive(
            inPlace: &bytes, count: keptCount + piece.count, output: &output, &ciphers)
        let first = TLSSession.plaintextOffset
        return (first..<first + count).map { bytes[$0] }
    }

    private mutating func takePiece(isToServer: Bool) -> [UInt8] {
        var direction = isToServer ? toServer : toClient
        defer { if isToServer { toServer = direction } else { toClient = direction } }
        let count = min(direction.bytes.count, sizes[turn % sizes.count])
        turn += 1
        var piece = Array(direction.bytes[..<count])
        direction.bytes.removeFirst(count)
        let place = attack.place - direction.passedCount
        direction.passedCount += count
        guard isAttacked, attack.toServer == isToServer, piece.indices.contains(place) else {
            return piece
        }
        switch attack.kind {
        case 0: piece[place] ^= max(1, attack.value)
        case 1: piece.remove(at: place)
        case 2: piece.insert(attack.value, at: place)
        case 3: piece += piece[place...]
        default: piece.removeSubrange(place...)
        }
        return piece
    }

    mutating func act(_ input: inout FuzzInput) throws {
        let byte = input.byte()
        let isClient = byte & 1 == 0
        var output = ByteBuffer()
        switch byte >> 1 & 3 {
        case 0, 1:
            let count = byte & 2 == 0 ? Int(input.byte()) : Int(input.byte()) * 70
            let data = [UInt8](repeating: UInt8(truncatingIfNeeded: count + turn), count: count)
            do throws(RecordFault) {
                if isClient {
                    try client.send(data.span, into: &output, &ciphers)
                    toServer.sent += data
                } else {
                    try server.send(data.span, into: &output, &ciphers)
                    toClient.sent += data
                }
            } catch {
                // Only a session that is over, or has not begun, refuses to send.
                try check(error, equals: .sendingEnded, "why nothing is sent")
            }
        case 2:
            if isClient { try restart(&client) } else { try restart(&server) }
        default:
            guard input.byte() < 40 else { return }
            if isClient {
                client.close(into: &output, &ciphers)
            } else {
                server.close(into: &output, &ciphers)
            }
        }
        if isClient { toServer.bytes += copied(output) } else { toClient.bytes += copied(output) }
    }
}

private func restart(_ session: inout TLSSession) throws {
    guard session.canBeSaved else { return }
    var writer = StateWriter()
    session.save(to: &writer)
    var reader = StateReader(writer.finish())
    session = try TLSSession(restoring: &reader)
    try check(reader.isAtEnd, "a state is longer than what is read of it")
}

private func copied(_ buffer: borrowing ByteBuffer) -> [UInt8] {
    let span = buffer.span
    return span.indices.map { span[$0] }
}

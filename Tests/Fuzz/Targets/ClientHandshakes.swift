// A server's answers to a client's opening handshake.
@testable import WebSocketCore

/// An answer means the same whole and byte by byte, and only offered extensions are agreed on.
func fuzzClientHandshake(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let offer = input.choice([
        nil, DeflateOffer(),
        DeflateOffer(serverNoContextTakeover: true, serverMaxWindowBits: 10),
        DeflateOffer(clientNoContextTakeover: true, clientWindow: .atMost(12)),
        DeflateOffer(clientWindow: .fixed),
    ])
    let limit = input.choice([8192, 4096, 300])
    let endsEarly = input.bool()
    let bytes = input.rest()
    // The nonce of RFC 6455 §1.3, so that inputs can have the right accept value.
    let handshake = try ClientHandshake(
        host: "a", nonce: InlineArray("the sample nonce"), subprotocols: ["roost.v1", "chat"],
        deflate: offer)
    let whole = answer(handshake, bytes, growing: [bytes.count], limit, endsEarly)
    let single = answer(handshake, bytes, growing: 0...bytes.count, limit, endsEarly)
    try check(single, equals: whole, "byte by byte")
    guard case .agreed(let agreement, let byteCount) = whole else { return }
    try check(byteCount <= bytes.count, "more than there was")
    if let name = agreement.subprotocol {
        try check(handshake.subprotocols.contains(name), "\(name) was not offered")
    }
    if let parameters = agreement.deflate {
        guard let offer else { throw Failed("compression was not offered") }
        if let bits = offer.serverMaxWindowBits {
            try check(parameters.windowBits(from: .server) <= bits, "a larger window")
        }
    }
}

private enum Answer: Equatable {
    case nothing
    case agreed(ClientAgreement, byteCount: Int)
    case failed(ClientHandshakeError)
}

private func answer(
    _ handshake: ClientHandshake, _ bytes: [UInt8], growing lengths: some Sequence<Int>,
    _ limit: Int, _ endsEarly: Bool
) -> Answer {
    var reader = ClientHandshakeReader(handshake, headByteLimit: limit)
    do throws(ClientHandshakeError) {
        for length in lengths {
            if let found = try reader.read(bytes.span.extracting(first: length)) {
                return .agreed(found.agreement, byteCount: found.byteCount)
            }
        }
        if endsEarly { _ = try reader.read(bytes.span, isAtEnd: true) }
        return .nothing
    } catch {
        return .failed(error)
    }
}

extension InlineArray where Element == UInt8, count == 16 {
    fileprivate init(_ text: StaticString) {
        self.init { text.utf8Start[$0] }
    }
}

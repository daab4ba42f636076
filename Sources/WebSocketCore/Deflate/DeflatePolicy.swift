// A server's answer to offers of compression: a pure function of the offers and one number.

/// What a server grants to clients that offer permessage-deflate.
///
/// The server always answers with `server_no_context_takeover`, which RFC 7692 §7.1.1.1 allows even
/// if the client did not offer it: a message can then be compressed once for all its receivers, and
/// one compressor serves all connections. It also answers with `client_no_context_takeover`, so
/// that a connection costs no memory between messages, unless ``keptClientWindowBits`` is set.
public struct DeflatePolicy: Equatable, BitwiseCopyable, Sendable {
    /// The largest window, as a power of two from 8 to 15, that the server keeps for a client from
    /// message to message. Nil, the default, keeps none.
    ///
    /// A kept window grows with the bytes received, up to 2 to this power for a connection: 256 B
    /// for 8, 32 KiB for 15. No window is kept for a client whose window can't be limited to this.
    /// A client that compresses without context may use any window, since that costs no memory.
    public let keptClientWindowBits: Int?

    /// A policy. The window is nil or 8 to 15; any other value ends the process.
    public init(keptClientWindowBits: Int? = nil) {
        if let keptClientWindowBits {
            precondition(
                DeflateParameters.windowBits.contains(keptClientWindowBits),
                "a window has 8 to 15 bits")
        }
        self.keptClientWindowBits = keptClientWindowBits
    }

    /// The parameters that answer the first acceptable offer. Nil if no offer is acceptable: the
    /// connection then does without the extension (RFC 7692 §5.1). Their
    /// ``DeflateParameters/fieldValue`` goes into the response.
    public func accept(_ offers: [ExtensionItem]) -> DeflateParameters? {
        for item in offers {
            if let offer = DeflateOffer(item) { return answer(to: offer) }
        }
        return nil
    }

    /// The parameters that accept this offer. Every offer can be accepted: whatever server window
    /// the client allows, ``DeflaterPool`` keeps to it or sends the message uncompressed.
    public func answer(to offer: DeflateOffer) -> DeflateParameters {
        let clientMaxWindowBits = keptWindow(for: offer)
        return DeflateParameters(
            serverNoContextTakeover: true, clientNoContextTakeover: clientMaxWindowBits == nil,
            serverMaxWindowBits: offer.serverMaxWindowBits,
            clientMaxWindowBits: clientMaxWindowBits == 15 ? nil : clientMaxWindowBits)
    }

    /// The window to keep for the client; nil for none.
    private func keptWindow(for offer: DeflateOffer) -> Int? {
        guard let limit = keptClientWindowBits, !offer.clientNoContextTakeover else { return nil }
        switch offer.clientWindow {
        case .fixed: return limit == DeflateParameters.windowBits.upperBound ? limit : nil
        case .boundable: return limit
        case .atMost(let bits): return min(bits, limit)
        }
    }
}

// A server's answer to offers of compression: a pure function of the offers and one number.

/// What a server grants to clients that offer permessage-deflate.
///
/// The server always answers `server_no_context_takeover`, which RFC 7692 §7.1.1.1 lets it do
/// unasked: a message can then be compressed once for all its receivers, and one compressor serves
/// all connections. It answers `client_no_context_takeover` too, so that a connection costs nothing
/// between messages, unless ``keptClientWindowBits`` says otherwise.
public struct DeflatePolicy: Equatable, BitwiseCopyable, Sendable {
    /// The largest window, as a power of two from 8 to 15, that the server keeps for a client from
    /// message to message. Nil, the default, keeps none.
    ///
    /// A kept window costs its connection 2 to this power bytes once as much has been received:
    /// 256 B for 8, 32 KiB for 15. A client whose window can't be bounded so far keeps none. What a
    /// client compresses without context may use any window, since that costs nothing.
    public let keptClientWindowBits: Int?

    /// A policy; the window is nil or 8 to 15.
    public init(keptClientWindowBits: Int? = nil) {
        if let keptClientWindowBits {
            precondition(
                DeflateParameters.windowBits.contains(keptClientWindowBits),
                "a window has 8 to 15 bits")
        }
        self.keptClientWindowBits = keptClientWindowBits
    }

    /// The parameters with which the first acceptable offer is accepted; nil if there is none, and
    /// the connection goes without the extension (RFC 7692 §5.1). Their
    /// ``DeflateParameters/fieldValue`` goes into the response.
    public func accept(_ offers: [ExtensionItem]) -> DeflateParameters? {
        for item in offers {
            if let offer = DeflateOffer(item) { return answer(to: offer) }
        }
        return nil
    }

    /// The parameters with which this offer is accepted. There is no offer that could not be: a
    /// server's window of any size is met by compressing no message that is longer than it.
    public func answer(to offer: DeflateOffer) -> DeflateParameters {
        let clientMaxWindowBits = keptWindow(for: offer)
        return DeflateParameters(
            serverNoContextTakeover: true, clientNoContextTakeover: clientMaxWindowBits == nil,
            serverMaxWindowBits: offer.serverMaxWindowBits,
            clientMaxWindowBits: clientMaxWindowBits == 15 ? nil : clientMaxWindowBits)
    }

    /// The window to be kept for the client; nil if none is.
    private func keptWindow(for offer: DeflateOffer) -> Int? {
        guard let limit = keptClientWindowBits, !offer.clientNoContextTakeover else { return nil }
        switch offer.clientWindow {
        case .fixed: return limit == DeflateParameters.windowBits.upperBound ? limit : nil
        case .boundable: return limit
        case .atMost(let bits): return min(bits, limit)
        }
    }
}

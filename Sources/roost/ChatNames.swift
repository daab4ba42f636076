// How the chat names what the server knows: connections, addresses and times.
import ChatRooms
import WebSocketServer

extension ConnectionID {
    /// The same connection, as the chat names it.
    var key: ConnectionKey {
        ConnectionKey(slot: slot, generation: UInt32(truncatingIfNeeded: resourceID))
    }
}

extension ClientAddress {
    /// The address as the limits on connections count it: an IPv4 address, or an IPv6 network. A
    /// proxy without the clients' addresses, and whoever is on this machine, is exempt.
    init(_ peer: NetworkAddress?) {
        guard let peer, peer.family == .ipv4 || peer.family == .ipv6, !peer.isLoopback else {
            self = .exempt
            return
        }
        let key = peer.admissionKey
        // An IPv4 address as IPv6 maps it, so that no network is taken for one.
        let low = peer.family == .ipv4 ? 0xFFFF_0000_0000 | key.low : key.low
        self.init(bits: UInt128(key.high) << 64 | UInt128(low))
    }
}

extension ServerContext {
    /// This turn's time on both clocks.
    var timestamp: Timestamp {
        Timestamp(
            monotonic: Int64(clamping: now.milliseconds),
            wall: Int64(clamping: wallClock.milliseconds))
    }

    /// The connection with the chat's key; nil if it is no longer open.
    func connection(_ key: ConnectionKey) -> ConnectionID? {
        guard let id = connection(inSlot: key.slot),
            UInt32(truncatingIfNeeded: id.resourceID) == key.generation
        else { return nil }
        return id
    }
}

// Listeners for plain http: they send clients to https, and serve the challenges of certificate
// authorities.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Below this path a certificate authority finds the proof that a name is this server's: it
    /// asks over http, whatever the host (RFC 8555 §8.3).
    private static var challengePath: String { "/.well-known/acme-challenge/" }

    /// Answers a request on a listener that redirects. False if it is the handler's.
    mutating func redirects(_ slot: Slot, _ head: RequestHead) -> Bool {
        let isUpgrade = Handshake.isUpgrade(head)
        if !isUpgrade, head.path.hasPrefix(Self.challengePath) { return false }
        if let rejection = misdirection(slot, head) {
            // A name that is not ours leads nowhere: it would be an open redirector.
            io.reject(slot, rejection, countedAs: .wrongHost)
            return true
        }
        do throws(HandshakeRejection) {
            try head.checkHost()
            let place = try secureAddress(slot, head)
            io.reject(slot, redirection(to: place, head, isUpgrade), countedAs: nil)
            io.telemetry.statistics.requestCount += 1
        } catch {
            io.reject(slot, error)
        }
        return true
    }

    private func redirection(
        to place: String, _ head: RequestHead, _ isUpgrade: Bool
    ) -> HandshakeRejection {
        if isUpgrade {
            // A browser does not follow a redirection of a WebSocket.
            return HandshakeRejection(
                .forbidden,
                reason: "WebSockets are open over TLS only, and not at this port. Connect to wss:"
                    + place)
        }
        let isReading = head.method == .get || head.method == .head
        return HandshakeRejection(
            isReading ? .movedPermanently : .permanentRedirect,
            reason: "This is at https:\(place)", headers: [("Location", "https:\(place)")])
    }

    /// "//host:port/path?query" of the request's target, with the port of https. Throws if the
    /// request does not say for which host it is.
    private func secureAddress(
        _ slot: Slot, _ head: RequestHead
    ) throws(HandshakeRejection) -> String {
        let host = requestedHost(slot, head)
        guard let authority = Authority(host.utf8.span), head.path != "*" else {
            throw HandshakeRejection(
                .badRequest,
                reason: "This port only sends clients to https. Name the host (Host) and a path.")
        }
        let name = String(host.utf8.prefix(authority.hostByteCount)) ?? ""
        let port = io.settings.hosts.httpsPort ?? 443
        let query = head.query.map { "?\($0)" } ?? ""
        return "//\(name)\(port == 443 ? "" : ":\(port)")\(head.path)\(query)"
    }
}

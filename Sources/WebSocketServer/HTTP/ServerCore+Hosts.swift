// Whether a request is for this server at all: the name in its Host field.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Why a request is not for this server; nil if it is. A missing or malformed `Host` is left to
    /// whoever reads the request next.
    func misdirection(_ slot: Slot, _ head: RequestHead) -> HandshakeRejection? {
        let listener = io.connections.slots[slot].listener
        let policy: HostPolicy
        switch listener {
        case .public, .proxy, .tls, .redirect: policy = io.settings.hosts.clients
        case .metrics: policy = io.settings.hosts.metrics
        case .control: return nil
        }
        if case .any = policy { return nil }
        guard !policy.admits(requestedHost(slot, head)), (try? head.checkHost()) != nil,
            !io.settings.hosts.exemptPaths.contains(head.path)
        else { return nil }
        let hosts = io.settings.hosts
        let advice = listener == .metrics ? hosts.metricsAdvice : hosts.clientAdvice
        return HandshakeRejection(
            .misdirectedRequest,
            reason: "This server does not answer to the host name of this request. Visitors: use "
                + "the address that you were given. Operators: if the name is right, \(advice).")
    }

    /// The host that a request is for: as a trusted proxy states it, or else as the request does.
    func requestedHost(_ slot: Slot, _ head: RequestHead) -> String {
        let isProxied = io.connections.slots[slot].flags.contains(.proxied)
        return (isProxied ? listening.proxies.host(head) : nil) ?? head.authority
    }
}

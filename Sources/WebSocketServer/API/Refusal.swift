// Who was not let in, and why: for the handler to log.
import LinuxReactor
import WebSocketCore

/// A connection that was not let in, or whose request was refused.
public struct RefusedConnection: Sendable {
    /// Which limit or rule it was.
    public let refusal: Refusal
    /// Who it was.
    public let peer: NetworkAddress
    /// The status that a refused request was answered with; nil if it never came to a request.
    public let status: HTTPStatus?
    /// The sentence that the peer was told; empty if it was told nothing.
    public let reason: String
}

extension ServerContext {
    /// Counts a refusal, and has the handler told of it at the end of the turn.
    mutating func note(_ refused: RefusedConnection) {
        statistics.refusalCounts[refused.refusal.rawValue] += 1
        self.refused.append(refused)
    }

    /// The same where there was no request to be refused.
    mutating func note(_ refusal: Refusal, of peer: NetworkAddress) {
        note(RefusedConnection(refusal: refusal, peer: peer, status: nil, reason: refusal.reason))
    }
}

extension ServerCore where K: ~Copyable {
    /// Tells the handler who was refused in this turn. Their number is bounded by the turn's budgets
    /// of accepts and of bytes.
    mutating func reportRefusals(_ call: HandlerCall) {
        guard !io.refused.isEmpty else { return }
        for index in io.refused.indices { emit(.refusal(index), call) }
        io.refused.removeAll(keepingCapacity: true)
    }
}

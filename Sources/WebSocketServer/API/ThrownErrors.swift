// What callbacks throw that is no decision of theirs: failures, such as of a `try decode`.
import WebSocketCore

extension ServerContext {
    /// What closes a connection whose callback has thrown this.
    @inline(never)
    func disconnect(by error: any Error, _ id: ConnectionID) -> Disconnect {
        switch error {
        case let disconnect as Disconnect: return disconnect
        case TaskFailure.thrown(let inner): return disconnect(by: inner, id)
        case TaskFailure.tooMany:
            return Disconnect(.tryAgainLater, "The server is busy; try again soon.")
        default: break
        }
        log(error, id)
        return Disconnect(.internalError, "The server has failed at this.")
    }

    /// What answers a request whose callback has thrown this.
    @inline(never)
    func rejection(by error: any Error, _ id: ConnectionID) -> HandshakeRejection {
        switch error {
        case let rejection as HandshakeRejection: return rejection
        case TaskFailure.thrown(let inner): return rejection(by: inner, id)
        case TaskFailure.tooMany:
            return HandshakeRejection(
                .serviceUnavailable, reason: "The server is busy; try again soon.")
        case TaskFailure.timedOut:
            log(error, id)
            return HandshakeRejection(
                .serviceUnavailable, reason: "The answer has taken too long; try again soon.")
        default: break
        }
        log(error, id)
        return HandshakeRejection(
            .internalServerError, reason: "The server has failed at this request.")
    }

    /// Ends a connection because of what `onRequest` has thrown, or a task, or the closure that got
    /// its result: a WebSocket with a Close frame, a request or a handshake that waits with an
    /// answer, a response that has begun with a reset, so that nobody takes it for complete.
    mutating func end(_ id: ConnectionID, by error: any Error) {
        guard let slot = waitingSlot(id) else { return }
        switch connections.slots[slot].phase {
        case .webSocket: close(slot, disconnect(by: error, id))
        case .responding where isAnswerable(id):
            let rejection = rejection(by: error, id)
            var response = HTTPResponse.text(rejection.status, rejection.reason)
            response.headers += rejection.headers
            respond(to: id, with: response)
        case .deciding: refuseUpgrade(id, rejection(by: error, id))
        case .streaming:
            endStream(slot, .serverClosed(disconnect(by: error, id).code), delivering: true)
        case .responding:
            terminate(slot, .serverClosed(disconnect(by: error, id).code), reset: true)
        // Its request has been answered, or has not come.
        default: log(error, id)
        }
    }

    private func log(_ error: any Error, _ id: ConnectionID) {
        telemetry.logger.error("A callback about connection \(id) has thrown: \(error)")
    }
}

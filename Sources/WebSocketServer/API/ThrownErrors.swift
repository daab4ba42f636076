// What callbacks throw that is no decision of theirs: failures, such as of a `try decode`.
import WebSocketCore

extension ServerContext {
    /// What closes a connection whose callback has thrown this.
    @inline(never)
    func disconnect(by error: any Error, _ id: ConnectionID) -> Disconnect {
        if let disconnect = error as? Disconnect { return disconnect }
        log(error, id)
        return Disconnect(.internalError, "The server has failed at this.")
    }

    /// What answers a request whose callback has thrown this.
    @inline(never)
    func rejection(by error: any Error, _ id: ConnectionID) -> HandshakeRejection {
        if let rejection = error as? HandshakeRejection { return rejection }
        log(error, id)
        return HandshakeRejection(
            .internalServerError, reason: "The server has failed at this request.")
    }

    private func log(_ error: any Error, _ id: ConnectionID) {
        telemetry.logger.error("A callback about connection \(id) has thrown: \(error)")
    }
}

// Ratchet's chat: everybody hears what anybody else says.
import WebSocketServer

struct Chat: WebSocketHandler {
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        print("New connection! (\(id.resourceID))")
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.forEachConnection { client, io in
            if client != id { io.send(message, to: client) }
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        print("Connection \(id.resourceID) has disconnected: \(cause)")
    }

    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        print("An error has occurred: \(error)")
    }
}

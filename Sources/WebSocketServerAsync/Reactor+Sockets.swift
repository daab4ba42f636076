// Sockets whose tasks wait for the loop: for room, or to be open.
import WebSocketServer

/// What the loop's thread keeps for sockets whose tasks wait for it.
struct SocketWork {
    /// Tasks that have had their share of this turn.
    var turnWaiters: [Waiter<Void>] = []
    /// Sockets that are not full, whose output has not been offered to them yet.
    var watched: [WebSocket] = []
    /// Outgoing connections that are not open yet.
    var openings: [ConnectionID: Opening] = [:]
}

/// An outgoing connection that somebody waits for.
struct Opening {
    let waiter: Waiter<WebSocket>
    let bounds: SocketBounds
    var error: ConnectionError?
}

extension Reactor {
    /// A task waits for room in this socket. If the socket is full, `onDrain` will come; otherwise
    /// its output is only waiting for the end of this callback or turn.
    func watchRoom(of socket: WebSocket) {
        withLent { io in
            if io.isBlocked(socket.id) { return }
            work.watched.append(socket)
            io.continueLater()
        }
    }

    /// Looks at the sockets that were not full in the last turn.
    func checkRoom(_ io: inout ServerContext) {
        guard !work.watched.isEmpty else { return }
        let sockets = work.watched
        work.watched.removeAll(keepingCapacity: true)
        for socket in sockets where !io.isBlocked(socket.id) {
            if socket.bounds.haveRoom(io.bufferedByteCount(of: socket.id)) {
                socket.resumeWriters()
            } else {
                work.watched.append(socket)
                io.continueLater()
            }
        }
    }
}

// The tasks of connections: how they begin, and what their end does.
import Synchronization
import WebSocketServer

extension Reactor {
    // MARK: The task of a connection

    /// Begins the task that serves a connection. When it ends, it closes the connection.
    func serve(_ socket: WebSocket, _ body: @escaping Service.Serve) {
        taskBegan()
        let task = Task(executorPreference: self) {
            do {
                try await body(socket)
                await socket.close()
            } catch {
                await self.close(socket, for: error, isServer: true)
            }
            self.taskEnded()
        }
        socket.serve(by: task)
    }

    /// Serves an outgoing connection, and returns what its task returns.
    func use<Result: Sendable>(
        _ socket: WebSocket, _ body: @escaping @Sendable (WebSocket) async throws -> Result
    ) async throws -> Result {
        taskBegan()
        let task = Task(executorPreference: self) {
            defer { self.taskEnded() }
            do {
                let result = try await body(socket)
                await socket.close()
                return result
            } catch {
                await self.close(socket, for: error, isServer: false)
                throw error
            }
        }
        socket.serve(by: task)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Closes a connection as the error of its task says.
    private nonisolated(nonsending) func close(
        _ socket: WebSocket, for error: any Error, isServer: Bool
    ) async {
        switch error {
        case let disconnect as Disconnect:
            await socket.close(code: disconnect.code, reason: disconnect.reason)
        // These follow from the end, which has its own cause.
        case is SocketClosed, is ServerStopped: return
        case is CancellationError where socket.closeCause != nil: return
        case is CancellationError where !isServer: await socket.close(code: .goingAway)
        default:
            if isServer {
                logger.error("The task of connection \(socket.id) has thrown: \(error)")
            }
            await socket.close(code: .internalError, reason: "The server has failed at this.")
        }
    }

    // MARK: Outgoing connections

    /// Opens a WebSocket.
    func open(_ request: ConnectRequest, _ bounds: SocketBounds) async throws -> WebSocket {
        let name = Mutex<ConnectionID?>(nil)
        do {
            return try await withTaskCancellationHandler {
                try await withTaskExecutorPreference(self) {
                    try await opened(request, bounds, name)
                }
            } onCancel: {
                // It has no name yet, or the loop's thread will find it cancelled.
                guard let id = name.withLock({ $0 }) else { return }
                Task(executorPreference: self) { self.withLent { io in io.abort(id) } }
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : error
        }
    }

    /// Waits for `onOpen` or `onClose`, on the loop's thread.
    private nonisolated(nonsending) func opened(
        _ request: ConnectRequest, _ bounds: SocketBounds, _ name: borrowing Mutex<ConnectionID?>
    ) async throws -> WebSocket {
        try await Waiter.wait { waiter in
            let isAsked: Void? = withLent { io in
                let id = io.connect(request)
                work.openings[id] = Opening(waiter: waiter, bounds: bounds)
                name.withLock { $0 = id }
                // A cancellation from here on finds the name.
                if Task.isCancelled { io.abort(id) }
            }
            if isAsked == nil { waiter.resume(throwing: ServerStopped()) }
        }
    }

    func takeOpening(_ id: ConnectionID) -> Opening? {
        work.openings.isEmpty ? nil : work.openings.removeValue(forKey: id)
    }

    func noteFailure(of id: ConnectionID, _ error: ConnectionError) {
        if !work.openings.isEmpty { work.openings[id]?.error = error }
    }
}

// The messages of a connection, as an asynchronous sequence.
import WebSocketServer

extension WebSocket {
    /// The messages of one WebSocket: see ``WebSocket/messages``.
    ///
    /// ```swift
    /// for try await message in socket.messages {
    ///     print(message.text)
    /// }
    /// ```
    public struct Messages: AsyncSequence, Sendable {
        private let socket: WebSocket

        init(_ socket: WebSocket) { self.socket = socket }

        /// A loop's place in the messages. It reads alone until it is released.
        public func makeAsyncIterator() -> Iterator { Iterator(socket) }

        /// A loop over the messages.
        public struct Iterator: AsyncIteratorProtocol {
            private let claim: Claim

            init(_ socket: WebSocket) { claim = Claim(socket) }

            /// The next message; nil when the connection has ended and all its messages are taken.
            ///
            /// - Throws: `CancellationError` if the task is cancelled while the connection is open,
            ///   and ``MessagesAlreadyRead`` if another loop is reading.
            public mutating func next() async throws -> WebSocketMessage? {
                try await claim.next()
            }

            /// The same, on the caller's actor.
            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws -> WebSocketMessage? {
                try await claim.next()
            }
        }
    }
}

/// One loop's right to read, which ends with the loop.
private final class Claim: Sendable {
    private let socket: WebSocket

    init(_ socket: WebSocket) { self.socket = socket }

    deinit { socket.state.withLock { $0.release(ObjectIdentifier(self)) } }

    nonisolated(nonsending) func next() async throws -> WebSocketMessage? {
        let name = ObjectIdentifier(self)
        let taken = try socket.state.withLock { state in
            if Task.isCancelled, state.cause == nil { throw CancellationError() }
            return try state.take(for: name, socket.bounds)
        }
        switch taken {
        case .message(let message):
            socket.reactor.unreadByteCount.subtract(message.byteCount, ordering: .relaxed)
            return message
        case .last(let message):
            socket.reactor.unreadByteCount.subtract(message.byteCount, ordering: .relaxed)
            socket.resumeReading()
            return message
        case .end: return nil
        case .nothing: return try await wait()
        }
    }

    private nonisolated(nonsending) func wait() async throws -> WebSocketMessage? {
        try await withTaskCancellationHandler {
            try await Waiter.wait { waiter in
                let outcome = socket.state.withLock { state -> SocketState.Wait in
                    // A cancellation from here on finds the waiter.
                    if state.cause == nil, Task.isCancelled { return .fails(CancellationError()) }
                    return state.wait(waiter)
                }
                switch outcome {
                case .waits: return
                case .ends(let message):
                    let count = message?.byteCount ?? 0
                    socket.reactor.unreadByteCount.subtract(count, ordering: .relaxed)
                    waiter.resume(returning: message)
                case .fails(let error): waiter.resume(throwing: error)
                }
            }
        } onCancel: {
            let reader = socket.state.withLock { $0.takeReader() }
            reader?.resume(throwing: CancellationError())
        }
    }
}

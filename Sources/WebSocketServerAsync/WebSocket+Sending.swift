// Sending: at once on the loop's thread, unless too much waits for the socket.
import WebSocketServer

extension WebSocket {
    /// Sends a text message: after everything that was sent before and published to its topics.
    /// While ``SocketBounds/unsentByteCount`` wait for the socket it waits until that has taken
    /// them, so that a slow reader slows its task down and nobody else.
    ///
    /// - Throws: ``SocketClosed``, and `CancellationError` if the task is cancelled while it waits;
    ///   the message is not sent then.
    public nonisolated(nonsending) func send(_ text: String) async throws {
        try await send(.text(text))
    }

    /// Sends a binary message, with the same order, bounds and errors.
    public nonisolated(nonsending) func send(_ bytes: [UInt8]) async throws {
        try await send(.binary(bytes))
    }

    /// Sends a message, text or binary, with the same order, bounds and errors.
    public nonisolated(nonsending) func send(_ message: WebSocketMessage) async throws {
        if try await sendHere(message) { return }
        try await sendThere(message)
    }

    /// Leaves the caller's thread and actor for the loop's thread, and comes back.
    @concurrent
    private func sendThere(_ message: WebSocketMessage) async throws {
        try await withTaskExecutorPreference(reactor) {
            guard try await sendHere(message) else { throw SocketClosed(cause: closeCause) }
        }
    }

    private enum Attempt { case sent, sentAtEndOfTurn, full, closed }

    /// Sends on the loop's thread; returns false where the task does not run on that.
    private nonisolated(nonsending) func sendHere(_ message: WebSocketMessage) async throws -> Bool
    {
        while true {
            switch reactor.withLent({ io in attempt(message, &io) }) {
            case .sent: return true
            case .sentAtEndOfTurn:
                // A task that sends in a loop lets others have their turn.
                await reactor.nextTurn()
                return true
            case .full: try await waitForRoom()
            case .closed: throw SocketClosed(cause: closeCause)
            case nil: return false
            }
        }
    }

    private func attempt(_ message: WebSocketMessage, _ io: inout ServerContext) -> Attempt {
        guard io.isOpen(id) else { return .closed }
        guard bounds.haveRoom(io.bufferedByteCount(of: id)) else { return .full }
        switch message {
        case .text(let text): io.send(text, to: id)
        case .binary(let bytes): io.send(binary: bytes.span, to: id)
        }
        return io.isTurnSpent ? .sentAtEndOfTurn : .sent
    }

    private nonisolated(nonsending) func waitForRoom() async throws {
        let number = state.withLock { $0.nextWriter() }
        try await withTaskCancellationHandler {
            try await Waiter.wait { waiter in
                let waits = state.withLock { state -> Bool? in
                    // A cancellation from here on finds the waiter.
                    if state.cause == nil, Task.isCancelled { return nil }
                    return state.wait(number, waiter)
                }
                switch waits {
                case true: reactor.watchRoom(of: self)
                case false: waiter.resume()
                case nil: waiter.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let writer = state.withLock { $0.takeWriter(number) }
            writer?.resume(throwing: CancellationError())
        }
    }

    /// The socket has taken its output: who waits to send goes on.
    func resumeWriters() {
        let writers = state.withLock { $0.takeWriters() }
        for writer in writers { writer.resume() }
    }
}

extension WebSocket {
    /// A message has come: it goes to the task that waits for it, or is kept. At the bound nothing
    /// more is read for now.
    func deliver(_ message: WebSocketMessage, _ io: inout ServerContext) {
        let delivery = state.withLock { $0.deliver(message, bounds) }
        if case .resume(let reader) = delivery { return reader.resume(returning: message) }
        io.applicationByteCount =
            reactor.unreadByteCount.add(message.byteCount, ordering: .relaxed).newValue
        if case .pause = delivery { io.pauseReading(id) }
    }

    /// Tasks have taken what was waiting.
    func resumeReading() {
        let id = id
        let isDone: Void? = reactor.withLent { io in io.resumeReading(id) }
        if isDone == nil {
            let reactor = reactor
            Task(executorPreference: reactor) { reactor.withLent { io in io.resumeReading(id) } }
        }
    }

    /// The task that serves the connection, to be cancelled with it.
    func serve(by task: any Cancellable) {
        let hasEnded = state.withLock { state in
            if state.cause == nil { state.task = task }
            return state.cause != nil
        }
        if hasEnded { task.cancel() }
    }

    /// The connection has ended: nobody waits for it any more, and its task is cancelled.
    func end(_ cause: CloseCause) {
        let (reader, writers, task) = state.withLock { $0.end(cause) }
        reader?.resume(returning: nil)
        for writer in writers { writer.resume() }
        task?.cancel()
    }
}

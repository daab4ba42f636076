// Async work for a connection, whose reading is paused meanwhile.
import LinuxReactor

extension WebSocketHandler where Self: ~Copyable {
    /// Starts an async task for a connection, and calls the handler back with its result.
    ///
    /// ```swift
    /// startTask(for: id, &io) { [database] in
    ///     try await database.lookUp(name)
    /// } then: { handler, row, io in
    ///     handler.answerCount += 1
    ///     io.send(row.text, to: id)
    /// }
    /// ```
    ///
    /// The task runs on Swift's threads, or on ``ServerConfiguration/taskExecutor``, and must not
    /// block them. Until it has ended, nothing more is read from the connection, so its messages
    /// keep their order; other connections go on. Reading resumes by itself, and several tasks of
    /// a connection may be under way.
    ///
    /// Exactly one of `then` and `otherwise` is called, exactly once, on the server's thread, and
    /// not before this callback has returned. The task is cancelled at its deadline, and when the
    /// connection ends; its place among ``Limits/taskCount`` is taken until it has returned.
    ///
    /// Tasks are not handed over to another process: the connection is closed there with 1012.
    ///
    /// - Parameters:
    ///   - id: a WebSocket, an event stream, or a connection whose request is to be answered. If it
    ///     has ended, nothing is started, and nothing is called.
    ///   - deadline: how long the task may take; nil for ``Limits/taskDeadline``.
    ///   - io: the context of this callback.
    ///   - work: what to do on another thread.
    ///   - then: gets the handler and what `work` has returned. An error that it throws ends the
    ///     connection as ``TaskFailure/thrown(_:)`` says.
    ///   - otherwise: gets the handler and the reason why there is no result. If it is nil, the
    ///     reason ends the connection as ``TaskFailure`` says.
    public func startTask<Value: Sendable>(
        for id: ConnectionID, within deadline: Duration? = nil, _ io: inout ServerContext,
        _ work: sending @escaping () async throws -> Value,
        then: @escaping (inout Self, Value, inout ServerContext) throws -> Void,
        otherwise: ((inout Self, TaskFailure, inout ServerContext) throws -> Void)? = nil
    ) {
        io.startTask(for: id, within: deadline, work) { box in
            HandlerCompletion<Self> { failure, handler, io in
                let value: Value
                do throws(TaskFailure) {
                    value = try box.value(unless: failure)
                } catch {
                    guard let otherwise else { throw error }
                    return try otherwise(&handler, error, &io)
                }
                try then(&handler, value, &io)
            }
        }
    }
}

extension ServerContext {
    /// Starts an async task for a connection, and calls back with its result: for handlers made of
    /// closures. A handler with a type of its own calls
    /// ``WebSocketHandler/startTask(for:within:_:_:then:otherwise:)``, which says more, and whose
    /// closures get the handler.
    ///
    /// - Parameters:
    ///   - id: a WebSocket, an event stream, or a connection whose request is to be answered. If it
    ///     has ended, nothing is started, and nothing is called.
    ///   - deadline: how long the task may take; nil for ``Limits/taskDeadline``.
    ///   - work: what to do on another thread.
    ///   - then: gets what `work` has returned.
    ///   - otherwise: gets the reason why there is no result. If it is nil, the reason ends the
    ///     connection as ``TaskFailure`` says.
    public mutating func startTask<Value: Sendable>(
        for id: ConnectionID, within deadline: Duration? = nil,
        _ work: sending @escaping () async throws -> Value,
        then: @escaping (Value, inout ServerContext) throws -> Void,
        otherwise: ((TaskFailure, inout ServerContext) throws -> Void)? = nil
    ) {
        startTask(for: id, within: deadline, work) { box in
            ContextCompletion { failure, io in
                let value: Value
                do throws(TaskFailure) {
                    value = try box.value(unless: failure)
                } catch {
                    guard let otherwise else { throw error }
                    return try otherwise(error, &io)
                }
                try then(value, &io)
            }
        }
    }

    /// Takes a place for the task, and starts it if there is one.
    fileprivate mutating func startTask<Value: Sendable>(
        for id: ConnectionID, within deadline: Duration?,
        _ work: sending @escaping () async throws -> Value,
        completing completion: (TaskBox<Value>) -> TaskCompletion
    ) {
        guard let slot = waitingSlot(id) else { return }
        let box = TaskBox<Value>()
        let mayStart = tasks.runningCount < settings.limits.taskCount
        let longest = deadline ?? settings.limits.taskDeadline
        let end = clock.now + min(max(longest, .zero), TimerTable.longestDelay)
        let number = tasks.add(for: id, completion(box), deadline: mayStart ? end : nil)
        pauseReading(slot, .task)
        pendingCalls.insert(.tasks)
        guard mayStart else {
            telemetry.statistics.refusedTaskCount += 1
            return
        }
        telemetry.statistics.startedTaskCount += 1
        let results = tasks.results
        let task = Task(executorPreference: tasks.executor) {
            do {
                box.store(.success(try await work()))
            } catch {
                box.store(.failure(error))
            }
            results.post(number)
        }
        tasks.started(number, task)
    }
}

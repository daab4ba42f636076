// Calls with the server's state, from any task.
import WebSocketServer

extension Reactor {
    /// Calls `body` with the server's state: at once if the task runs on the loop's thread,
    /// otherwise there.
    nonisolated(nonsending) func perform<Result: Sendable>(
        _ body: @Sendable (inout ServerContext) throws -> Result
    ) async throws -> Result {
        if let result = try withLent(body) { return result }
        return try await performThere(body)
    }

    /// Leaves the caller's thread and actor for the loop's thread, and comes back.
    @concurrent
    private func performThere<Result: Sendable>(
        _ body: @Sendable (inout ServerContext) throws -> Result
    ) async throws -> Result {
        try await withTaskExecutorPreference(self) {
            guard let result = try withLent(body) else { throw ServerStopped() }
            return result
        }
    }
}

// UNSAFE: a task that waits must be resumed exactly once. Each waiter is kept at one place, and
// taken out of it before it is resumed; the end of its connection or loop resumes it at last.

/// A task that waits for a value, without the bookkeeping of a checked continuation: a message
/// costs one.
@safe struct Waiter<Value: Sendable>: Sendable {
    private let continuation: UnsafeContinuation<Value, any Error>

    /// Waits until what `keep` does with the waiter resumes it.
    @inline(__always)
    static nonisolated(nonsending) func wait(_ keep: (Waiter) -> Void) async throws -> Value {
        unsafe try await withUnsafeThrowingContinuation { continuation in
            keep(unsafe Waiter(continuation: continuation))
        }
    }

    func resume(returning value: Value) { unsafe continuation.resume(returning: value) }

    func resume(throwing error: any Error) { unsafe continuation.resume(throwing: error) }
}

extension Waiter<Void> {
    func resume() { resume(returning: ()) }
}

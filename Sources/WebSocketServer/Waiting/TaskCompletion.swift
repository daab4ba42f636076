// What is called with a task's result, on the loop's thread.

/// The part of a task that stays on the loop's thread: what the handler wants to be called with.
class TaskCompletion {}

/// A completion that gets the handler.
final class HandlerCompletion<Handler: ~Copyable>: TaskCompletion {
    typealias Body = (TaskFailure?, inout Handler, inout ServerContext) throws -> Void

    /// The failure is nil if the task has returned or thrown.
    let body: Body

    init(_ body: @escaping Body) { self.body = body }
}

/// A completion that gets only the context.
final class ContextCompletion: TaskCompletion {
    typealias Body = (TaskFailure?, inout ServerContext) throws -> Void

    let body: Body

    init(_ body: @escaping Body) { self.body = body }
}

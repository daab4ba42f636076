// Why a task of a connection has no result.

/// Why a task that was started for a connection has no result. `otherwise` gets it; without one the
/// connection ends for it, as each case says.
public enum TaskFailure: Error {
    /// The task has thrown. A ``Disconnect`` closes the connection as it says, and a
    /// `HandshakeRejection` answers a request; any other error is logged, and closes the connection
    /// with 1011 or answers 500.
    case thrown(any Error)
    /// The task has not returned in time, and was cancelled: it is logged, and the connection is
    /// closed with 1011, or the request answered with 503.
    case timedOut
    /// The task was not started, since ``Limits/taskCount`` tasks are under way: the connection is
    /// closed with 1013, or the request answered with 503.
    case tooMany
    /// The connection has ended, for whatever reason, and the task was cancelled.
    case connectionEnded
}

extension TaskFailure: CustomStringConvertible {
    /// A few words for logs; for an error that was thrown, its own.
    public var description: String {
        switch self {
        case .thrown(let error): "\(error)"
        case .timedOut: "the task has taken too long"
        case .tooMany: "too many tasks are under way"
        case .connectionEnded: "the connection has ended"
        }
    }
}

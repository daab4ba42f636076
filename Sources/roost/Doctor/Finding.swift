// What the doctor has found out about one thing, and its exit status.

/// One thing that the doctor has looked at.
struct Finding: Equatable {
    enum State: String {
        /// As it should be.
        case good
        /// Something that a person has to change.
        case mend
        /// Could not be looked at.
        case unknown
    }

    let state: State
    /// A sentence: what it is, and what to do about it.
    let text: String

    static func good(_ text: String) -> Finding { Finding(state: .good, text: text) }
    static func mend(_ text: String) -> Finding { Finding(state: .mend, text: text) }
    static func unknown(_ text: String) -> Finding { Finding(state: .unknown, text: text) }
}

extension [Finding] {
    /// `mend` if anything has to be changed, else `unknown` if anything could not be looked at.
    var worst: Finding.State {
        if contains(where: { $0.state == .mend }) { return .mend }
        return contains { $0.state == .unknown } ? .unknown : .good
    }
}

extension Finding.State {
    /// The exit status of `roost doctor`.
    var exitStatus: Int32 {
        switch self {
        case .good: 0
        case .mend: 1
        case .unknown: 2
        }
    }
}

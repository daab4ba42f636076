// Refusals and troubles as sentences: what has happened, and what to do.

extension EngineState: CustomStringConvertible {
    /// A word for logs.
    package var description: String {
        switch self {
        case .down: "down"
        case .up: "up"
        case .slow: "slow"
        case .away: "away"
        }
    }
}

extension EngineRefusal: CustomStringConvertible {
    /// A sentence for the operator.
    package var description: String {
        switch self {
        case .takesNoWrites(let error):
            "Redis takes no messages: \(error) Give it memory (maxmemory) or space on its disk."
        case .unknown(let error):
            "Redis takes no messages, and may have the last one: \(error) Give it memory (maxmemory) "
                + "or space on its disk."
        case .tooManyPending:
            "Too many messages wait for Redis in this room: send again when it answers."
        case .failed(let error):
            "Redis refuses a message: \(error) Look at its version, its ACL and its keys."
        }
    }
}

extension EngineTrouble: CustomStringConvertible {
    /// A sentence for the operator.
    package var description: String {
        switch self {
        case .unanswered:
            "Redis has not answered a command in time: it is overloaded, stopped or cut off."
        case .wedged:
            "Redis answers, but its messages do not come. Connect again; if that repeats, look at "
                + "its client-output-buffer-limit and its ACL for channels."
        case .notMaster(let role):
            "This Redis is no master (\(role)). Connect to the master: look at the address."
        case .refused(let error):
            "Redis refuses what a node needs: \(error) Look at its state, its version and its ACL."
        case .notUnderstood(let what):
            "Redis has answered something unexpected to \(what). Look at the key, if it names one: "
                + "nobody else may write there; and at FUNCTION LIST LIBRARYNAME \(Roost1.name)"
        }
    }
}

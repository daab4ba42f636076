// Parses the path of a hook.

/// A request for `/hooks/TOKEN`.
struct HookRequest: Equatable {
    /// What stands in the token's place. It is not checked, and never logged.
    let token: String

    /// Nil for any other path.
    init?(_ path: String) {
        let prefix = "/hooks/"
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        guard !rest.isEmpty, !rest.contains("/") else { return nil }
        token = String(rest)
    }
}

// New settings come into force at the beginning of a turn.

extension ServerContext {
    /// Puts the settings into force that the handler has asked for.
    mutating func applyPendingSettings() {
        if settings.applyPending() { inbound.apply(settings.limits) }
    }
}

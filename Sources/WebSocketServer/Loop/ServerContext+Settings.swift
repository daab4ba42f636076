// New settings take effect at the beginning of a turn.

extension ServerContext {
    /// Puts the settings that the handler has asked for into force.
    mutating func applyPendingSettings() {
        if settings.applyPending() { inbound.apply(settings.limits) }
    }
}

// Work on connections that remains for the end of this turn, or for the next one.

/// The turn's work lists. A connection is in each of them at most once, and the flag of the same
/// name is set while it is. ``ConnectionTable`` fills them. What is in `decided` may have ended
/// since, so it has IDs, and `WaitingUpgrade` knows whether it is listed.
///
/// | list | filled by | emptied by |
/// |---|---|---|
/// | `queued` | code that gives a connection output or changes its interest | `flushQueued` |
/// | `reaping` | the Lifecycle room | `reapConnections` |
/// | `resuming` | code that resumes reading where input is pending | `decodePendingInput` |
/// | `decided` | `acceptUpgrade` | `finishUpgrades` |
struct TurnWork {
    var queued: [Slot] = []
    var reaping: [Slot] = []
    var resuming: [Slot] = []
    var decided: [ConnectionID] = []

    var isEmpty: Bool {
        queued.isEmpty && reaping.isEmpty && resuming.isEmpty && decided.isEmpty
    }
}

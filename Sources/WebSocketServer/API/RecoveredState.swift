// What a crash has done to a connection.

/// What became of a connection when the process before crashed.
public enum RecoveredState: Hashable, Sendable {
    /// It goes on where it was: everything that came from it was answered, and it has everything
    /// that was sent to it.
    case open
    /// Its client has lost it, or is about to, and may come back: `onClose` follows.
    case lost
}

// Where a chat keeps what is said.

/// Where a chat's entries are kept, and who gives them their places.
public enum ChatStore: Sendable {
    /// In the chat's memory alone.
    case memory
    /// In a store of its own: ``StoreBatch``, ``StoreQuestion`` and ``StoreAnswer``. The chat gives
    /// each entry its place.
    case own
    /// In logs that several nodes share: ``LogOrder`` and ``LogEvent``. The log gives each entry
    /// its place. What is no entry is in memory alone.
    case shared
}

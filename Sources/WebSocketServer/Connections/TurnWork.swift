// What is to be done about connections before the turn ends, or in the next one.

/// The turn's work lists. A connection stands in each of them at most once; the flag of the same name
/// says whether it does. ``ConnectionTable`` fills them.
///
/// | list | filled by | emptied by |
/// |---|---|---|
/// | `queued` | whoever gives a connection output, or changes what it waits for | `flushQueued` |
/// | `reaping` | the Lifecycle room | `reapConnections` |
/// | `resuming` | whoever lets a connection with pending input be read again | `decodePendingInput` |
struct TurnWork {
    var queued: [Slot] = []
    var reaping: [Slot] = []
    var resuming: [Slot] = []

    var isEmpty: Bool { queued.isEmpty && reaping.isEmpty && resuming.isEmpty }
}

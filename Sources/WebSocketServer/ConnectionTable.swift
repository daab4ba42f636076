// All connections, and what is to be done about them before the turn ends.
import LinuxReactor

/// All connections.
struct ConnectionTable: ~Copyable {
    var slots = SlotTable<Connection>()
    var wheel: TimerWheel
    /// Connections that are open to the handler, oldest first within the table's order.
    var openCount = 0
    var lastResourceId: UInt64 = 0

    // What is to be done before the turn ends.
    var queued: [UInt32] = []
    var finishing: [UInt32] = []
    var resuming: [UInt32] = []

    init(now: Instant) { wheel = TimerWheel(now: now) }
}

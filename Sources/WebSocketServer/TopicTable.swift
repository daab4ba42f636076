// Topics, who belongs to them, and how far each member has come: no socket and no kernel is known here.
import LinuxReactor
import WebSocketCore

/// All topics.
struct TopicTable: ~Copyable {
    var states = SlotTable<TopicState>()
    var lanes = SlotTable<TopicLane>()
    var subscriptions = SlotTable<Subscription>()
    var names: [String: Topic] = [:]
    var generation: UInt32 = 0
    var queuedLanes: [UInt32] = []
    var spareLog = ByteBuffer(minimumCapacity: 16 * 1024)
}

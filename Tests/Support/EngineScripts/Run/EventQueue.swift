// What is to happen when, in simulated time.

/// Something that happens at a time.
enum Occurrence {
    /// Bytes come to a process, or to a node.
    case toServer(link: Int)
    case toClient(link: Int)
    /// A node has something to do.
    case wake(node: Int)
    /// A node tries to connect.
    case connect(node: Int)
    /// A person does something.
    case act(client: Int)
    /// Something breaks, or is whole again.
    case fault(() -> Void)
    /// Replicas get what is new.
    case replicate
}

/// A heap by time; what is put in first comes first.
struct EventQueue {
    private struct Item {
        let time: UInt64
        let number: UInt64
        let occurrence: Occurrence

        func comesBefore(_ other: Item) -> Bool {
            time != other.time ? time < other.time : number < other.number
        }
    }

    private var heap: [Item] = []
    private var nextNumber: UInt64 = 0

    var nextTime: UInt64? { heap.first?.time }

    mutating func add(_ occurrence: Occurrence, at time: UInt64) {
        heap.append(Item(time: time, number: nextNumber, occurrence: occurrence))
        nextNumber += 1
        var index = heap.count - 1
        while index > 0, heap[index].comesBefore(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func next() -> Occurrence? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.occurrence }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if heap[child].comesBefore(heap[least]) { least = child }
            }
            if least == index { break }
            heap.swapAt(index, least)
            index = least
        }
        return first.occurrence
    }
}

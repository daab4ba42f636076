// First in, first out, in a ring that grows and shrinks.

struct Queue<Element: Sendable>: Sendable {
    /// Its size is a power of two, or 0.
    private var ring: ContiguousArray<Element?> = []
    private var start = 0
    private(set) var count = 0

    var first: Element? { count == 0 ? nil : ring[start] }

    /// The element at this distance from the front, from 0 on.
    subscript(number: Int) -> Element { ring[(start + number) & (ring.count - 1)]! }

    mutating func append(_ element: Element) {
        if count == ring.count {
            resize(to: max(16, ring.count * 2))
        }
        ring[(start + count) & (ring.count - 1)] = element
        count += 1
    }

    mutating func removeFirst() {
        precondition(count > 0)
        ring[start] = nil
        start = (start + 1) & (ring.count - 1)
        count -= 1
        if ring.count > 1024 && count < ring.count / 8 {
            resize(to: ring.count / 4)
        }
    }

    private mutating func resize(to size: Int) {
        var next = ContiguousArray<Element?>(repeating: nil, count: size)
        for number in 0..<count {
            next[number] = self[number]
        }
        ring = next
        start = 0
    }
}

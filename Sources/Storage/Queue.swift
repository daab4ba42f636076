// First in, first out, in a ring that grows and shrinks.

/// Elements in the order in which they were appended. Its memory follows its size.
public struct Queue<Element: Sendable>: Sendable {
    /// Its size is a power of two, or 0.
    private var ring: ContiguousArray<Element?> = []
    private var start = 0
    /// How many elements there are.
    public private(set) var count = 0

    /// An empty queue, without memory.
    public init() {}

    /// Whether there is no element.
    public var isEmpty: Bool { count == 0 }

    /// The oldest element.
    public var first: Element? { count == 0 ? nil : ring[start] }

    /// The element at this distance from the front, from 0 on.
    public subscript(number: Int) -> Element { ring[(start + number) & (ring.count - 1)]! }

    /// Adds an element behind all others.
    public mutating func append(_ element: Element) {
        if count == ring.count {
            resize(to: max(16, ring.count * 2))
        }
        ring[(start + count) & (ring.count - 1)] = element
        count += 1
    }

    /// Removes the oldest element, which must exist.
    public mutating func removeFirst() {
        precondition(count > 0)
        ring[start] = nil
        start = (start + 1) & (ring.count - 1)
        count -= 1
        if ring.count > 1024 && count < ring.count / 8 {
            resize(to: ring.count / 4)
        }
    }

    /// Removes and returns the oldest element; nil if there is none.
    public mutating func popFirst() -> Element? {
        guard let first else { return nil }
        removeFirst()
        return first
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

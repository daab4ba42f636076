// The newest elements of a sequence without end, in bounded memory.

/// The newest elements that were appended: in a full ring, each new element replaces the oldest.
@frozen
public struct Ring<Element> {
    /// The most elements that it keeps.
    public let capacity: Int
    @usableFromInline
    var elements: [Element] = []
    /// The index of the oldest element, which is the next to be replaced in a full ring.
    @usableFromInline
    var start = 0

    /// An empty ring. Its memory grows with its elements, up to `capacity` of them.
    @inlinable
    public init(capacity: Int) {
        precondition(capacity > 0, "a ring keeps something")
        self.capacity = capacity
    }

    /// How many elements it has now.
    @inlinable
    public var count: Int { elements.count }

    /// The oldest element that is still kept; nil if there is none.
    @inlinable
    public var oldest: Element? { elements.isEmpty ? nil : elements[start] }

    /// Adds an element; takes constant time, except while the ring grows.
    @inlinable
    public mutating func append(_ element: Element) {
        guard elements.count == capacity else { return elements.append(element) }
        elements[start] = element
        start = start + 1 == capacity ? 0 : start + 1
    }

    /// The element with this place in the order from the newest (0) to the oldest.
    @inlinable
    public subscript(fromNewest place: Int) -> Element {
        precondition(place < elements.count, "the ring has no such element")
        let index = start + elements.count - 1 - place
        return elements[index < elements.count ? index : index - elements.count]
    }
}

extension Ring: Sendable where Element: Sendable {}

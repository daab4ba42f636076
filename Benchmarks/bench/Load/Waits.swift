// The longest wait for an answer in each hundredth of a second: what a pause did to the clients.

/// By the time at which a message was due, from the beginning of measuring.
struct Waits: Codable, Sendable, Equatable {
    /// In nanoseconds.
    static let slotLength: UInt64 = 10_000_000
    /// Slots: five minutes, so that a wrong time takes no memory.
    private static let limit = 30_000

    private var longest: [UInt64] = []

    /// - Parameters:
    ///   - due: when the message was due, after the beginning of measuring.
    ///   - wait: how long its sender waited; both in nanoseconds.
    mutating func record(due: UInt64, _ wait: UInt64) {
        let slot = Int(due / Self.slotLength)
        guard slot < Self.limit else { return }
        while longest.count <= slot { longest.append(0) }
        longest[slot] = max(longest[slot], wait)
    }

    mutating func add(_ other: Waits) {
        while longest.count < other.longest.count { longest.append(0) }
        for slot in other.longest.indices {
            longest[slot] = max(longest[slot], other.longest[slot])
        }
    }

    /// The longest wait for a message that was due between two times after the beginning of
    /// measuring; nil if none was due.
    func longest(from: UInt64, to end: UInt64) -> UInt64? {
        let slots = Int(from / Self.slotLength)...Int(max(from, end) / Self.slotLength)
        let most =
            longest.indices.clamped(to: slots.lowerBound..<slots.upperBound + 1)
            .map { longest[$0] }.max() ?? 0
        return most > 0 ? most : nil
    }
}

// Whether the messages of each speaker come to each reader once, and in their order.

/// What has come to this generator's connections, by reader and speaker. A number that was passed
/// over is remembered until it comes, so that a late message is known from a doubled one.
struct OrderCheck {
    enum Verdict { case inOrder, late, again }

    private let rooms: Int
    private let speakersPerRoom: Int
    /// The number that comes next.
    private var next: [UInt32]
    private var passedOver: [Int: Set<UInt32>] = [:]
    /// A gap larger than this is no gap: the number itself is wrong, or nearly all are lost.
    private static let gapLimit: UInt32 = 100_000

    init(_ plan: LoadPlan) {
        rooms = plan.rooms
        speakersPerRoom = plan.speakersPerRoom
        next = [UInt32](repeating: 0, count: plan.connectionCount * plan.speakersPerRoom)
    }

    /// Takes note of a message that has come to `member`.
    mutating func take(_ stamp: Stamp, by member: Int) -> Verdict {
        let speaker = Int(stamp.sender) / rooms
        guard speaker < speakersPerRoom, member * speakersPerRoom + speaker < next.count else {
            return .inOrder
        }
        let place = member * speakersPerRoom + speaker
        let gap = (stamp.sequence &- next[place]) & Stamp.sequenceMask
        if gap < Stamp.sequenceMask / 2 {
            for offset in 0..<min(gap, Self.gapLimit) {
                passedOver[place, default: []].insert(
                    (next[place] &+ offset) & Stamp.sequenceMask)
            }
            next[place] = (stamp.sequence + 1) & Stamp.sequenceMask
            return .inOrder
        }
        return passedOver[place]?.remove(stamp.sequence) != nil ? .late : .again
    }
}

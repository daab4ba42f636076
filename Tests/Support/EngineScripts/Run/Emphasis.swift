// What a run has more of than others: some faults need company to do harm.

/// The temper of a run.
struct Emphasis {
    /// The faults that four of five are; empty for all alike.
    var kinds: [FaultKind] = []
    /// How often a person says several things at once, in percent.
    var burstPercent = 8
    /// How often people fall silent before all faults are over, and until when.
    var quietPercent = 50
    var lastTalk: UInt64 = 16_000
    /// Whether bytes take up to 30 ms more often than not.
    var isSlow = false

    /// Data goes back under people who talk fast.
    static let fast = Emphasis(
        kinds: [.restoredRoom, .deletedStream, .flushAll, .staleFile, .failover], burstPercent: 60,
        quietPercent: 20, isSlow: true)
    /// What is lost is given back to rooms in which nobody speaks.
    static let quiet = Emphasis(
        kinds: [.splitBrain, .failover, .crash, .pause, .silence, .emptyReplica],
        quietPercent: 100, lastTalk: 9_000)
    /// Messages do not come.
    static let deaf = Emphasis(kinds: [.wedge, .wedgedRoom, .forgottenSubscription])
    /// Redis has other data, and nobody hears of that.
    static let secret = Emphasis(
        kinds: [.flushAll, .functionFlush, .takesNoWrites], quietPercent: 100, lastTalk: 6_000)
    /// A room is refilled while nobody speaks, and a node is new.
    static let refilled = Emphasis(
        kinds: [.flushAll, .crash, .emptyReplica], quietPercent: 100, lastTalk: 6_000)
    /// The primary is none any more.
    static let demoted = Emphasis(kinds: [.demotion, .splitBrain, .cut])

    /// Half of all runs have one of these.
    static func drawn(_ random: inout ScriptRandom) -> Emphasis {
        let all = [Self.fast, quiet, deaf, secret, refilled, demoted]
        let number = Int.random(in: 0..<2 * all.count, using: &random)
        return number < all.count ? all[number] : Emphasis()
    }
}

// A probe that goes the whole way round the loop: proof that it turns, and how long that takes.
import LinuxReactor

/// One probe at a time. It sets out at a tick, comes back through epoll(7) like any other event,
/// and is at its end when each topic that was waiting by then has had its share of a sweep. A loop
/// that is stuck, wherever, does not bring it home; one that has a lot to do brings it home late.
struct LoopProbe {
    enum Stage {
        case idle
        /// The event is raised; nothing has come back yet.
        case outward(since: Instant)
        /// It has come back, and this many variants are to be swept before it is at its end.
        case sweeping(variantCount: Int)
    }

    var stage = Stage.idle

    /// The first `count` variants of the queue have had their share.
    mutating func passed(_ count: Int) {
        guard case .sweeping(let variantCount) = stage else { return }
        stage = .sweeping(variantCount: max(0, variantCount - count))
    }
}

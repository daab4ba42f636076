// A probe that passes through the whole loop: proof that it is turning, and how long that takes.
import LinuxReactor

/// One probe at a time. It starts at a tick, returns through epoll(7) like any other event, and
/// ends when each topic that was waiting by then has had its share of a sweep. If the loop is stuck
/// anywhere, the probe does not end; if the loop has a lot to do, it ends late.
struct LoopProbe {
    enum Stage {
        case idle
        /// The event was raised and has not returned yet.
        case raised(since: Instant)
        /// It has returned, and this many variants are still to be swept before it ends.
        case sweeping(variantCount: Int)
    }

    var stage = Stage.idle

    /// The first `count` variants of the queue have had their share.
    mutating func passed(_ count: Int) {
        guard case .sweeping(let variantCount) = stage else { return }
        stage = .sweeping(variantCount: max(0, variantCount - count))
    }
}

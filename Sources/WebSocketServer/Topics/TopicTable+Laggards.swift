// Subscribers that are far behind: the handler hears of them, and then the topic's policy strikes.

/// A subscriber that is far behind.
struct Laggard: BitwiseCopyable {
    let connection: Slot
    let topic: Topic
    /// Whether it is to be disconnected, and not only reported.
    let isLost: Bool
}

extension TopicTable {
    /// Looks at the blocked subscribers of a variant whose log is long, or has been: applies the
    /// topic's policy where they are further behind than the log may reach, and reports them at
    /// half of that.
    @inline(never)
    mutating func checkLaggards(_ variant: VariantIndex) {
        let end = variants[variant].log.end
        let limit = UInt64(variants[variant].logByteLimit)
        var hasReported = false
        for place in variants[variant].blocked.indices {
            let blocked = variants[variant].blocked[place]
            let index = Int(subscriptions[blocked.subscription].subscriber)
            let lag = end - variants[variant].subscribers[index].cursor
            if lag > limit {
                applySlowConsumerPolicy(variant, index)
            } else if lag > limit / 2, !blocked.isReported {
                variants[variant].blocked[place].isReported = true
                report(variant, index, isLost: false)
            } else if lag < limit / 4 {
                variants[variant].blocked[place].isReported = false
            }
            if variants[variant].blocked[place].isReported { hasReported = true }
        }
        variants[variant].hasReported = hasReported
    }

    private mutating func applySlowConsumerPolicy(_ variant: VariantIndex, _ index: Int) {
        switch variants[variant].policy {
        case .disconnect:
            report(variant, index, isLost: true)
            variants[variant].subscribers[index].cursor = variants[variant].log.end
        case .skipToLatest:
            // If it is only missing the newest message, there is nothing to skip, however large
            // that is.
            let latest = variants[variant].log.latestFrame
            guard variants[variant].subscribers[index].cursor < latest else { return }
            variants[variant].subscribers[index].cursor = latest
            skipCount += 1
        case .latestPerKey:
            // It falls out of the log, and goes on with what is retained.
            let cursor = variants[variant].subscribers[index].cursor
            if cursor >= variants[variant].log.start { skipCount += 1 }
        }
    }

    private mutating func report(_ variant: VariantIndex, _ index: Int, isLost: Bool) {
        laggards.append(
            Laggard(
                connection: variants[variant].subscribers[index].connection,
                topic: variants[variant].topic, isLost: isLost))
    }
}

// Publishing: one frame into each log in use, and no work per subscriber.
import LinuxReactor
import WebSocketCore

extension TopicTable {
    struct Published {
        var deliveryCount = 0
        /// A variant that is half full of unswept bytes, or `none`.
        var congested = Subscription.none
    }

    /// One frame into each log in use, and no work per subscriber.
    @inline(__always)
    mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic, skipping skipped: UInt32,
        _ deflaters: inout DeflaterPool
    ) -> Published {
        var published = Published()
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            guard variant != Subscription.none, variants[variant].subscribers.count > 0 else {
                continue
            }
            published.deliveryCount += variants[variant].subscribers.count
            variants[variant].log.acquireBuffer(of: &spareLog)
            if encoding == .deflated {
                variants[variant].log.append(opcode, deflating: payload, &deflaters)
            } else {
                variants[variant].log.append(opcode, payload)
            }
            if skipped != Subscription.none, subscriptions[skipped].variant == variant {
                variants[variant].subscribers[Int(subscriptions[skipped].subscriber)].cursor =
                    variants[variant].log.end
            }
            markDirty(variant)
            if published.congested == Subscription.none, variants[variant].isCongested {
                published.congested = variant
            }
        }
        return published
    }

    mutating func markDirty(_ variant: UInt32) {
        guard !variants[variant].isDirty else { return }
        variants[variant].isDirty = true
        dirtyVariants.append(variant)
    }
}

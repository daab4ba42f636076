// Publishing a message: appended to each log in use, with no work per subscriber.
import LinuxReactor
import WebSocketCore

extension TopicTable {
    struct Published {
        var deliveryCount = 0
        /// Its cost, see ``Work``.
        var work = 0
        /// A variant that is more than half full of unswept bytes, or `none`.
        var congested = VariantIndex.none
    }

    /// Appends one frame to each log in use. `skipped` is the subscription that does not get it, or
    /// `none`; its cursor must be at the log's end.
    @inline(__always)
    mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic,
        skipping skipped: SubscriptionIndex,
        _ deflaters: inout DeflaterPool
    ) -> Published {
        var published = Published()
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            guard variant != .none, variants[variant].subscribers.count > 0 else { continue }
            published.deliveryCount += variants[variant].subscribers.count
            variants[variant].log.acquireBuffer(of: &spareLog)
            if encoding == .deflated {
                variants[variant].log.append(opcode, deflating: payload, &deflaters)
                published.work += Work.compressedMessage + Work.compressedByte * payload.count
            } else {
                variants[variant].log.append(opcode, payload)
                published.work += payload.count
            }
            if skipped != .none, subscriptions[skipped].variant == variant {
                variants[variant].subscribers[Int(subscriptions[skipped].subscriber)].cursor =
                    variants[variant].log.end
            }
            markDirty(variant)
            if published.congested == .none, variants[variant].isCongested {
                published.congested = variant
            }
        }
        return published
    }

    mutating func markDirty(_ variant: VariantIndex) {
        guard !variants[variant].isDirty else { return }
        variants[variant].isDirty = true
        dirtyVariants.append(variant)
    }
}

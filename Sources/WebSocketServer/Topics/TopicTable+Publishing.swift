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

    /// Appends one frame to each log in use, and one event to the log of event streams if
    /// `isStreamed`. `skipped` is the subscription that does not get it, or `none`; its cursor must
    /// be at the log's end.
    @inline(__always)
    mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic,
        skipping skipped: SubscriptionIndex, isStreamed: Bool, eventID: Span<UInt8>,
        _ deflaters: inout DeflaterPool
    ) -> Published {
        var published = Published()
        let plain = states[topic.index].variants[Int(Encoding.plain.rawValue)]
        if plain != .none, variants[plain].subscribers.count > 0 {
            published.deliveryCount = variants[plain].subscribers.count
            variants[plain].log.acquireBuffer(of: &spareLog)
            variants[plain].log.append(opcode, payload)
            published.work = payload.count
            appended(to: plain, skipping: skipped, &published)
        }
        let deflated = states[topic.index].variants[Int(Encoding.deflated.rawValue)]
        if deflated != .none, variants[deflated].subscribers.count > 0 {
            published.deliveryCount += variants[deflated].subscribers.count
            variants[deflated].log.acquireBuffer(of: &spareLog)
            variants[deflated].log.append(opcode, deflating: payload, &deflaters)
            published.work += Work.compressedMessage + Work.compressedByte * payload.count
            appended(to: deflated, skipping: skipped, &published)
        }
        let streams = states[topic.index].variants[Int(Encoding.eventStream.rawValue)]
        if streams != .none, isStreamed {
            publish(event: payload, eventID, to: streams, skipping: skipped, &published)
        }
        return published
    }

    /// Kept out of the way of messages: most topics have no event streams.
    @inline(never)
    private mutating func publish(
        event text: Span<UInt8>, _ eventID: Span<UInt8>, to variant: VariantIndex,
        skipping skipped: SubscriptionIndex, _ published: inout Published
    ) {
        guard variants[variant].subscribers.count > 0 else { return }
        published.deliveryCount += variants[variant].subscribers.count
        variants[variant].log.acquireBuffer(of: &spareLog)
        variants[variant].log.append(event: text, id: eventID)
        published.work += Work.scannedByte * text.count
        appended(to: variant, skipping: skipped, &published)
    }

    @inline(__always)
    private mutating func appended(
        to variant: VariantIndex, skipping skipped: SubscriptionIndex,
        _ published: inout Published
    ) {
        if skipped != .none, subscriptions[skipped].variant == variant {
            variants[variant].subscribers[Int(subscriptions[skipped].subscriber)].cursor =
                variants[variant].log.end
        }
        markDirty(variant)
        if published.congested == .none, variants[variant].isCongested {
            published.congested = variant
        }
    }

    mutating func markDirty(_ variant: VariantIndex) {
        guard !variants[variant].isDirty else { return }
        variants[variant].isDirty = true
        dirtyVariants.append(variant)
    }
}

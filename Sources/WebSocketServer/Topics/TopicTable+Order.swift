// The order between a connection's own messages and its topics' broadcasts: markers, not copies.
import LinuxReactor
import Storage
import WebSocketCore

extension TopicTable {
    /// Before a direct message: marks in the outbox up to where each topic must be sent first.
    mutating func insertOrderMarkers(_ delivery: inout Delivery) {
        var index = delivery.firstSubscription
        while index != .none {
            let (variant, subscriber) = (
                subscriptions[index].variant, Int(subscriptions[index].subscriber)
            )
            let end = variants[variant].log.end
            if variants[variant].subscribers[subscriber].cursor < end,
                subscriptions[index].markedEnd < end
            {
                delivery.outbox.appendMarker(source: variant, end: end)
                subscriptions[index].markedEnd = end
            }
            index = subscriptions[index].next
        }
    }

    /// Copies what a subscriber has not been sent yet into its outbox, in order, and moves its
    /// cursor to the log's end: used when the cursor goes away. True if there was anything to copy.
    mutating func materializeBacklog(
        _ subscription: SubscriptionIndex, _ delivery: inout Delivery, _ spare: inout ByteBuffer
    ) -> Bool {
        let (variant, subscriber) = (
            subscriptions[subscription].variant, Int(subscriptions[subscription].subscriber)
        )
        let end = variants[variant].log.end
        guard variants[variant].subscribers[subscriber].cursor < end else { return false }
        materializeMarkers(&delivery)
        let cursor = variants[variant].subscribers[subscriber].cursor
        delivery.acquireBuffer(of: &spare)
        variants.copyLog(variant, from: cursor, to: end, into: &delivery.outbox.bytes)
        variants[variant].subscribers[subscriber].cursor = end
        variants[variant].unblock(subscription, &subscriptions)
        return true
    }

    /// Replaces the outbox's markers with the bytes that they stand for.
    mutating func materializeMarkers(_ delivery: inout Delivery) {
        guard delivery.outbox.markerCount > 0 else { return }
        var whole = ByteBuffer()
        while let marker = delivery.outbox.firstMarker {
            delivery.outbox.moveLeading(into: &whole)
            delivery.outbox.removeFirstMarker()
            guard
                let subscription = subscription(
                    in: marker.source, from: delivery.firstSubscription)
            else { continue }
            let subscriber = Int(subscriptions[subscription].subscriber)
            let cursor = variants[marker.source].subscribers[subscriber].cursor
            guard cursor < marker.end else { continue }
            variants.copyLog(marker.source, from: cursor, to: marker.end, into: &whole)
            variants[marker.source].subscribers[subscriber].cursor = marker.end
        }
        delivery.outbox.moveLeading(into: &whole)
        delivery.outbox.bytes = whole
    }

    /// Copies the bytes that the outbox's first marker stands for, whole frames up to about
    /// `byteCount`.
    mutating func gather(
        _ delivery: inout Delivery, into gathered: inout ByteBuffer, about byteCount: Int
    ) {
        guard let marker = delivery.outbox.firstMarker else { return }
        let variant = marker.source
        guard
            let subscription = subscription(in: variant, from: delivery.firstSubscription),
            case let subscriber = Int(subscriptions[subscription].subscriber),
            variants[variant].subscribers[subscriber].cursor < marker.end
        else { return delivery.outbox.removeFirstMarker() }
        let cursor = variants[variant].subscribers[subscriber].cursor
        var end = marker.end
        if end - cursor > UInt64(byteCount) {
            end = min(
                end,
                variants[variant].log.boundary(
                    at: cursor + UInt64(byteCount), from: cursor,
                    hasEvents: variants[variant].hasEvents))
        }
        variants.copyLog(variant, from: cursor, to: end, into: &gathered)
        variants[variant].subscribers[subscriber].cursor = end
        if end == marker.end { delivery.outbox.removeFirstMarker() }
    }
}

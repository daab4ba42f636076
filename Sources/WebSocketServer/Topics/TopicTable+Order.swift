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
        delivery.acquireBuffer(of: &spare)
        copyBacklog(variant, subscriber, to: end, into: &delivery.outbox.bytes)
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
            copyBacklog(marker.source, subscriber, to: marker.end, into: &whole)
        }
        delivery.outbox.moveLeading(into: &whole)
        delivery.outbox.bytes = whole
    }

    /// Copies what a subscriber has not been sent yet of everything before the offset `end`, and
    /// moves its cursor there.
    private mutating func copyBacklog(
        _ variant: VariantIndex, _ subscriber: Int, to end: UInt64, into buffer: inout ByteBuffer
    ) {
        if walks(variant, subscriber) {
            gatherPiece(variant, subscriber, before: end, about: .max)
            buffer.append(piece.bytes.span)
            return moved(variant, subscriber, to: end)
        }
        let cursor = variants[variant].subscribers[subscriber].cursor
        variants.copyLog(variant, from: cursor, to: end, into: &buffer)
        variants[variant].subscribers[subscriber].cursor = end
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
        if walks(variant, subscriber) {
            gatherPiece(variant, subscriber, before: marker.end, about: byteCount)
            gathered.append(piece.bytes.span)
            moved(variant, subscriber, to: piece.end)
            if piece.end >= marker.end { delivery.outbox.removeFirstMarker() }
            return
        }
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

// Checks that restored tables fit together. Each record by itself was checked when it was read.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Throws if no server can have this connection, whose subscriptions are restored.
    func checkRestored(_ slot: Slot, _ boundaries: FrameBoundaries) throws(StateError) {
        try checkSession(slot)
        try checkSubscriptions(slot, boundaries)
    }

    /// Throws if no server can have these topics, once all connections are restored.
    func checkRestoredTopics(_ boundaries: FrameBoundaries) throws(StateError) {
        try checkTopics()
        var subscriberCount = 0
        for variant in topics.variants.indices where topics.variants[variant].subscribers.count > 0
        {
            subscriberCount += 1
        }
        // A variant without subscribers would never be freed.
        guard subscriberCount == topics.variants.count else {
            throw StateError("a variant has no subscribers")
        }
        try checkRetained(boundaries)
    }

    /// Each variant belongs to one topic.
    private func checkTopics() throws(StateError) {
        var isSeen = [Bool](repeating: false, count: topics.variants.endIndex)
        var seenCount = 0
        for index in topics.states.indices where topics.states[index].isTaken {
            for place in topics.states[index].variants.indices {
                let variant = topics.states[index].variants[place]
                if variant == .none { continue }
                guard topics.variants.contains(variant),
                    topics.variants[variant].subscribers.count > 0,
                    topics.variants[variant].hasEvents
                        == (place == Int(Encoding.eventStream.rawValue)),
                    topics.variants[variant].policy == topics.states[index].policy,
                    !isSeen[Int(variant.rawValue)]
                else { throw StateError("topic \(index) has a variant that is not its own") }
                isSeen[Int(variant.rawValue)] = true
                seenCount += 1
            }
        }
        guard seenCount == topics.variants.count else {
            throw StateError("a variant has no topic")
        }
    }

    /// Checks that messages which are retained have their place in the logs.
    private func checkRetained(_ boundaries: FrameBoundaries) throws(StateError) {
        for index in topics.states.indices where topics.states[index].retained != .none {
            for encoding in Encoding.allCases {
                let variant = topics.states[index].variants[Int(encoding.rawValue)]
                guard variant != .none else { continue }
                try topics.retained[topics.states[index].retained].check(
                    encoding, from: topics.variants[variant].log.start, boundaries[variant])
            }
        }
    }

    /// Checks that the connection's phase, session, cause and tables fit together.
    private func checkSession(_ slot: Slot) throws(StateError) {
        let isOfServer = !connections.slots[slot].flags.contains(.client)
        let isQuiet = connections.slots[slot].session == .open && isOfServer
        let hasNoOutputOfOthers = connections.slots[slot].delivery.outbox.markerCount == 0
        let isEncrypted = connections.slots[slot].encryption != .none
        let fits =
            switch connections.slots[slot].phase {
            case .webSocket: isWebSocketConsistent(slot)
            // They are on their way out, and the handler has heard of it.
            case .draining: isQuiet && hasNoOutputOfOthers
            case .lingering: hasNoOutputOfOthers
            case .streaming: isQuiet && connections.slots[slot].cause == nil
            case .head: isQuiet && isHTTPConsistent(slot)
            case .body, .responding, .deciding:
                isQuiet && isHTTPConsistent(slot) && connections.slots[slot].exchange != .none
            case .free, .terminated, .connecting, .awaitingAnswer: false
            }
        guard fits,
            connections.slots[slot].phase == .webSocket
                || !connections.slots[slot].flags.contains(.announced),
            connections.slots[slot].flags.contains(.attempting)
                == (connections.slots[slot].phase == .deciding),
            !isOfServer || isEncrypted == (connections.slots[slot].listener == .tls),
            connections.slots[slot].resourceID > 0,
            connections.slots[slot].resourceID <= connections.lastResourceID
        else { throw StateError("connection \(slot) is in an impossible state") }
    }

    private func isWebSocketConsistent(_ slot: Slot) -> Bool {
        let isAnnounced = connections.slots[slot].flags.contains(.announced)
        let session = connections.slots[slot].session
        // An open connection has been announced. After that, a closing one has a cause.
        return session == .open
            ? isAnnounced
            : session != .closed && (!isAnnounced || connections.slots[slot].cause != nil)
    }

    private func isHTTPConsistent(_ slot: Slot) -> Bool {
        connections.slots[slot].cause == nil && connections.slots[slot].assembly.isEmpty
            && connections.slots[slot].delivery.outbox.markerCount == 0
            && connections.slots[slot].delivery.firstSubscription == .none
    }

    /// Checks that subscriptions are to existing topics, each at most once, with cursors and
    /// markers at frame boundaries.
    private func checkSubscriptions(
        _ slot: Slot, _ boundaries: FrameBoundaries
    ) throws(StateError) {
        let first = connections.slots[slot].delivery.firstSubscription
        guard first != .none else {
            guard connections.slots[slot].delivery.outbox.markerCount == 0 else {
                throw StateError("a marker of connection \(slot) is damaged")
            }
            return
        }
        let isStream = connections.slots[slot].phase == .streaming
        var index = first
        while index != .none {
            let entry = topics.subscriptions[index]
            index = entry.next
            let cursor = topics.variants[entry.variant].subscribers[Int(entry.subscriber)].cursor
            let topic = topics.variants[entry.variant].topic
            guard isStream || connections.slots[slot].flags.contains(.announced),
                topics.variants[entry.variant].hasEvents == isStream,
                topics.states.contains(topic.index), topics.states[topic.index].isTaken,
                topics.states[topic.index].generation == topic.generation,
                topics.states[topic.index].variants.contains(entry.variant),
                entry.markedEnd <= topics.variants[entry.variant].log.end,
                boundaries[entry.variant].contains(sorted: cursor)
                    || topics.isKeyed(entry.variant)
                        && cursor < topics.variants[entry.variant].log.start
            else { throw StateError("a subscription of connection \(slot) is damaged") }
        }
        try checkOrder(slot, boundaries)
    }

    /// Checks that no subscription is there twice, and that each marker belongs to one.
    private func checkOrder(_ slot: Slot, _ boundaries: FrameBoundaries) throws(StateError) {
        let first = connections.slots[slot].delivery.firstSubscription
        let isAlone = topics.subscriptions[first].next == .none
        if isAlone, connections.slots[slot].delivery.outbox.markerCount == 0 { return }
        var subscribed: Set<VariantIndex> = []
        var index = first
        while index != .none {
            guard subscribed.insert(topics.subscriptions[index].variant).inserted else {
                throw StateError("a subscription of connection \(slot) is there twice")
            }
            index = topics.subscriptions[index].next
        }
        for (_, marker) in connections.slots[slot].delivery.outbox.markerPositions {
            guard subscribed.contains(marker.source),
                marker.end < topics.variants[marker.source].log.start
                    || boundaries[marker.source].contains(sorted: marker.end)
            else { throw StateError("a marker of connection \(slot) is damaged") }
        }
    }
}

extension InlineArray where Element == VariantIndex {
    fileprivate func contains(_ number: VariantIndex) -> Bool {
        for index in indices where self[index] == number { return true }
        return false
    }
}

// Invariants of the server's tables between any two turns: costly, so only the simulation checks
// them.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Checks every connection and every topic; ends the process with a message if an invariant is
    /// broken. `place` says where a simulated run stands. With ``checksInvariants`` it runs after
    /// each turn.
    package func checkInvariants(_ place: @autoclosure () -> String) {
        var (refusedCount, streamCount) = (0, 0)
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase != .free {
            if io.connections.slots[slot].hasRefusedPlace { refusedCount += 1 }
            if io.connections.slots[slot].encoding == .eventStream { streamCount += 1 }
            io.connections.check(slot, place())
            io.checkSubscriptions(slot, place())
            checkEncryption(slot, place())
        }
        checkAdmission(place())
        precondition(refusedCount == listening.refusedCount, "\(place()): refused")
        precondition(streamCount == io.connections.streamCount, "\(place()): event streams")
        io.topics.checkVariants(place())
        checkWaiting(place())
    }

    /// Sealed records that wait are waited for, and nothing is left between two steps.
    private func checkEncryption(_ slot: Slot, _ place: @autoclosure () -> String) {
        precondition(io.encryption.sealed.isEmpty, "\(place()): records that nobody sends")
        guard io.connections.slots[slot].phase != .terminated else { return }
        precondition(
            !isBackedUp(slot) || io.connections.slots[slot].delivery.isBlocked
                || io.connections.slots[slot].flags.contains(.queued),
            "\(place()): records that nobody sends")
    }

    /// A timer belongs to a connection, and a connection that waits for a task is not read.
    private func checkWaiting(_ place: @autoclosure () -> String) {
        for timer in io.timers.inOrder {
            precondition(
                timer.owner.map { io.connections.slot(of: $0) != nil } ?? true,
                "\(place()): a timer of nobody")
        }
        for slot in io.connections.slots.indices {
            let pauses = io.connections.slots[slot].readPauses
            precondition(
                !pauses.contains(.task) || io.tasks.isWaiting(slot),
                "\(place()): paused for a task that has ended")
        }
    }
}

extension ServerCore where K: ~Copyable {
    /// Every admitted connection is counted once, as what it is.
    fileprivate func checkAdmission(_ place: @autoclosure () -> String) {
        var (plain, webSockets) = (0, 0)
        let partialCount = io.connections.slots.indices.count {
            io.connections.slots[$0].flags.contains(.partial)
        }
        precondition(partialCount == io.connections.partials.count, "\(place()): partial messages")
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].flags.contains(.admitted) {
            if io.connections.slots[slot].flags.contains(.webSocket) {
                webSockets += 1
            } else {
                plain += 1
            }
        }
        precondition(listening.admission.totals == (plain, webSockets), "\(place()): admission")
    }
}

extension ConnectionTable {
    fileprivate func check(_ slot: Slot, _ place: @autoclosure () -> String) {
        let flags = slots[slot].flags
        // What the turn's work did not allow any more is reaped in the next turn.
        precondition(
            slots[slot].phase != .terminated || flags.contains(.reaping),
            "\(place()): what is terminated is reaped")
        precondition(
            !flags.contains(.reaping) || work.reaping.contains(slot),
            "\(place()): nobody reaps it")
        if slots[slot].phase == .terminated { return }
        // Input that does not fit in front of a receive is decoded before the next one.
        if slots[slot].pendingInput.count > ReceiveBuffer.headroomByteCount,
            slots[slot].phase == .webSocket
        {
            precondition(
                !slots[slot].readPauses.isEmpty || flags.contains(.resuming),
                "\(place()): pending input that nobody decodes")
        }
        // Output waits for its socket, or is sent in the next turn.
        if !slots[slot].delivery.outbox.isEmpty {
            precondition(
                slots[slot].delivery.isBlocked || flags.contains(.queued)
                    || slots[slot].delivery.firstSubscription != .none,
                "\(place()): output that nobody sends")
        }
        if !flags.contains(.queued) {
            precondition(
                slots[slot].watched == slots[slot].wanted,
                "\(place()): watched for (slots[slot].watched)")
        }
    }
}

extension ServerContext {
    /// Each subscription of a connection has a subscriber, and each marker a subscription.
    fileprivate func checkSubscriptions(_ slot: Slot, _ place: @autoclosure () -> String) {
        var index = connections.slots[slot].delivery.firstSubscription
        var subscribed: Set<VariantIndex> = []
        while index != .none {
            let entry = topics.subscriptions[index]
            precondition(
                subscribed.insert(entry.variant).inserted, "\(place()): subscribed twice")
            let subscriber = topics.variants[entry.variant].subscribers[Int(entry.subscriber)]
            precondition(
                subscriber.connection == slot && subscriber.subscription == index,
                "\(place()): a subscription of another connection's")
            index = entry.next
        }
        for (_, marker) in connections.slots[slot].delivery.outbox.markerPositions {
            precondition(
                subscribed.contains(marker.source)
                    && marker.end <= topics.variants[marker.source].log.end,
                "\(place()): a marker without a subscription")
        }
    }
}

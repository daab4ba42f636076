// Event streams: responses that do not end, for readers that cannot or need not speak WebSocket.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Answers this connection's request with an event stream (Server-Sent Events, WHATWG HTML
    /// §9.2): the response begins now and goes on until ``endEventStream(_:)``, the end of the
    /// reader or the end of the server. From now on the connection may be subscribed to topics
    /// (``subscribe(_:to:)``) and be sent events of its own; the order of both is that of a
    /// WebSocket, and so are the bounds: ``Limits/topicLogByteCount``, ``Limits/outboxByteCount``,
    /// ``Limits/stallDeadline``. A reader that falls out of a topic's log gets the end of its
    /// response; it is reset if it does not take even that.
    ///
    /// A comment goes out in each ``Limits/eventStreamInterval``. The reader's own end ends the
    /// stream at once. When the server stops, the response is ended in order. A stream goes on in
    /// another process if the handler is a ``HandOverHandler``.
    ///
    /// The body is chunked, and the connection is not used again after it. HTTP/1.0 has no chunks:
    /// such a request is answered with 505 and a sentence. HEAD gets the head alone, and a request
    /// that comes while the server stops gets 503.
    ///
    /// - Parameters:
    ///   - id: a connection whose request is waiting.
    ///   - headers: further fields. Content-Type is `text/event-stream`, and Cache-Control
    ///     `no-store`; nginx keeps events back unless `X-Accel-Buffering` is `no`.
    /// - Returns: whether the stream has begun.
    ///   ``HTTPHandler/onEventStreamEnd(_:_:_:)`` follows exactly then.
    @discardableResult
    public mutating func beginEventStream(
        to id: ConnectionID, headers: [(String, String)] = []
    ) -> Bool {
        guard let slot = unanswered(id) else { return false }
        return beginStream(slot, headers)
    }

    /// Sends one event to an event stream: after everything published to its topics before, and
    /// before everything published after. Does nothing if the connection is no event stream.
    ///
    /// - Parameters:
    ///   - text: the data: UTF-8, which is not checked. Line breaks of any kind arrive as LF.
    ///   - eventID: see ``publish(text:to:except:eventID:)``.
    ///   - name: the event's type; empty for `message`, which every reader listens to.
    ///   - id: the event stream.
    public mutating func sendEvent(
        text: Span<UInt8>, id eventID: Span<UInt8> = Span(), event name: String = "",
        to id: ConnectionID
    ) {
        guard let slot = beginEvent(id) else { return }
        telemetry.statistics.directCount += 1
        connections.slots[slot].delivery.outbox.bytes.appendEvent(text, id: eventID, name: name)
        charge(Work.scannedByte * text.count)
    }

    /// Tells the reader of an event stream how to come back after the connection is lost, without
    /// an event: which ID to name as the last event that it got, and how long to wait. Either may
    /// be left out.
    public mutating func setReconnection(
        of id: ConnectionID, eventID: Span<UInt8> = Span(), delay: Duration? = nil
    ) {
        guard let slot = beginEvent(id) else { return }
        connections.slots[slot].delivery.outbox.bytes.appendReconnection(
            id: eventID, afterMilliseconds: delay.map { Int($0.wholeNanoseconds / 1_000_000) })
    }

    /// Ends an event stream in order: its reader gets everything sent and published before, and
    /// then the end of the response. Browsers connect again by themselves after that.
    public mutating func endEventStream(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        endStream(slot, .serverClosed(.normal), delivering: true)
    }

    /// The number of event streams.
    public var eventStreamCount: Int { connections.streamCount }

    /// Whether the connection is an event stream.
    public func isEventStream(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].phase == .streaming } ?? false
    }

    /// Makes the outbox ready for an event in its place; nil if there is no such event stream.
    private mutating func beginEvent(_ id: ConnectionID) -> Slot? {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .streaming
        else { return nil }
        if connections.slots[slot].delivery.firstSubscription != .none {
            topics.insertOrderMarkers(&connections.slots[slot].delivery)
        }
        acquireBuffer(for: slot)
        connections.queue(slot)
        return slot
    }
}

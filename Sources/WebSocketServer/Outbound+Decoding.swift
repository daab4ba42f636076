// From received bytes to messages: decoded where they lie, one after the other, as the handler takes
// them.
import LinuxReactor
import Storage
import WebSocketCore

/// The received bytes that are being decoded, and whose they are.
struct Reading: BitwiseCopyable {
    /// The connection that has sent them: what is sent to it meanwhile is its own doing.
    var slot = UInt32.max
    /// Where in the receive buffer the next frame begins, and the bytes end.
    var position = 0
    var end = 0
    /// The most bytes that a ``ShortMessage`` may have here; -1 if none may come.
    var shortLimit = -1
    /// The connection's `resourceId` as long as it takes the short way, and `UInt64.max` from when it
    /// does not: it is open and read, has no topics, no compression and nothing unsent. What it is
    /// answered is appended to ``Outbound/answers`` then, and nothing is looked up for it.
    ///
    /// Whoever changes one of these, or sends it anything else, calls ``Outbound/endShortWay(_:)``
    /// before.
    var answerable = UInt64.max

    var takesAnswers: Bool { answerable != UInt64.max }
}

/// Where a message lies.
enum FoundMessage {
    /// In the receive buffer.
    case received(MessageKind, Range<Int>)
    /// In ``Outbound/assembled``.
    case assembled(MessageKind)
}

extension Outbound {
    /// Begins the decoding of the bytes in `range` of the receive buffer.
    mutating func beginReading(_ slot: UInt32, _ range: Range<Int>) {
        reading = Reading(
            slot: slot, position: range.lowerBound, end: range.upperBound,
            shortLimit: connections[slot].shortLimit(shortMessageByteLimit),
            answerable: connections[slot].takesShortWay ? connections[slot].resourceId : .max)
    }

    /// Ends the decoding, and returns what was left over.
    mutating func endReading() -> Range<Int>? {
        let (position, end) = (reading.position, reading.end)
        reading.slot = UInt32.max
        reading.answerable = UInt64.max
        return position < end ? position..<end : nil
    }

    /// The next message, or nil when nothing more can be decoded now. Everything else that frames
    /// say is seen to here.
    ///
    /// A short message of an open connection is what counts: it costs one look at the frame.
    @inline(__always)
    @_lifetime(bytes: copy bytes)
    mutating func nextMessage(in bytes: inout MutableSpan<UInt8>) -> FoundMessage? {
        guard reading.position < reading.end else { return nil }
        guard reading.takesAnswers || connections[reading.slot].takesMessages,
            let short = ShortMessage(
                unmasking: &bytes, at: reading.position, limit: reading.shortLimit)
        else { return nextOfAnyKind(in: &bytes) }
        guard short.isASCII || !short.isText else { return checkText(short, in: &bytes) }
        statistics.messagesReceivedCount &+= 1
        return .received(short.kind, short.takePayload(&reading.position))
    }

    /// A short text that is not plain ASCII.
    @inline(never)
    @_lifetime(bytes: copy bytes)
    private mutating func checkText(
        _ short: ShortMessage, in bytes: inout MutableSpan<UInt8>
    ) -> FoundMessage? {
        let slot = reading.slot
        var position = reading.position
        let event = connections[slot].decoder.event(of: short, &bytes, &position)
        reading.position = position
        return found(event, in: bytes.span)
    }

    @inline(never)
    @_lifetime(bytes: copy bytes)
    private mutating func nextOfAnyKind(in bytes: inout MutableSpan<UInt8>) -> FoundMessage? {
        let slot = reading.slot
        let rules = connections[slot].isPlain ? rules : rules(for: slot)
        var position = reading.position
        var message: FoundMessage?
        while message == nil, position < reading.end, connections[slot].isDecoding {
            let event = connections[slot].decode(&bytes, &position, rules)
            if case .needsMore = event { break }
            message = found(event, in: bytes.span)
        }
        reading.position = position
        reading.shortLimit = connections[slot].shortLimit(shortMessageByteLimit)
        return message
    }

    /// Does what an event asks for; a message is for the handler.
    private mutating func found(
        _ event: MessageDecoder.Event, in bytes: Span<UInt8>
    ) -> FoundMessage? {
        let slot = reading.slot
        // What comes after our own Close is read for the peer's Close only.
        let delivers = connections[slot].session.deliversMessages
        switch event {
        case .message(let kind, let range) where delivers:
            statistics.messagesReceivedCount &+= 1
            if kind.isCompressed { return inflate(bytes.extracting(range), kind.opcode) }
            return .received(kind, range)
        case .assembled(let kind):
            // The handler may do anything to the connection while it reads.
            var message = ByteBuffer()
            swap(&message, &connections[slot].assembly)
            guard delivers else { return nil }
            statistics.messagesReceivedCount &+= 1
            if kind.isCompressed { return inflate(message.span, kind.opcode) }
            assembled = message
            return .assembled(kind)
        case .ping(let range):
            // After our Close nothing is sent (RFC 6455 §5.5.1).
            if connections[slot].session.maySend {
                appendFrame(.pong, bytes.extracting(range), to: slot)
            }
        case .close(let code, _): receivedClose(slot, code)
        case .violation(let violation): fail(slot, violation)
        case .message, .pong, .needsMore: break
        }
        return nil
    }

    /// The rules for a connection that is compressed, or goes outward.
    @inline(never)
    private func rules(for slot: UInt32) -> DecoderRules {
        var rules = connections[slot].flags.contains(.client) ? clientRules : rules
        rules.allowsCompression = connections[slot].compression != Compression.none
        return rules
    }

    /// From here on a connection that was being answered the short way goes the long one: what it was
    /// answered stands in its outbox.
    @inline(__always)
    mutating func endShortWay(_ slot: UInt32) {
        guard slot == reading.slot, reading.takesAnswers else { return }
        reading.answerable = UInt64.max
        if !answers.isEmpty { moveAnswers(to: slot) }
    }

    /// Puts what it was answered into a connection's outbox.
    @inline(never)
    mutating func moveAnswers(to slot: UInt32) {
        borrowMemory(for: slot)
        connections[slot].take(answers)
        answers.removeAll(keepingCapacity: true)
    }
}

extension Connection {
    /// The most bytes that a ``ShortMessage`` may have now.
    @inline(__always)
    fileprivate func shortLimit(_ limit: Int) -> Int {
        decoder.isBetweenMessages && !flags.contains(.client) ? limit : -1
    }

    /// See ``Reading/answerable``.
    @inline(__always)
    fileprivate var takesShortWay: Bool {
        takesMessages && takesPlainFrames && !flags.contains(.blocked) && outbox.isEmpty
    }

    /// Appends what it was answered to its outbox.
    fileprivate mutating func take(_ answers: borrowing ByteBuffer) {
        outbox.bytes.append(answers.span)
        ownOutputByteCount += answers.count
    }

    /// Decodes up to the next event; see `MessageDecoder.next`.
    @_lifetime(bytes: copy bytes)
    fileprivate mutating func decode(
        _ bytes: inout MutableSpan<UInt8>, _ position: inout Int, _ rules: DecoderRules
    ) -> MessageDecoder.Event {
        decoder.next(&bytes, from: &position, assembly: &assembly, rules: rules)
    }
}

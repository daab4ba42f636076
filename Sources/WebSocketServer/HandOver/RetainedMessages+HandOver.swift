// The newest message of each key of a topic, written and restored in the order of publishing.
import LinuxReactor
import Storage
import WebSocketCore

extension RetainedMessages {
    func save(to writer: inout StateWriter) {
        writer.write(UInt32(count))
        for place in order.indices where isLive(place) {
            let record = writer.beginRecord()
            messages[order[place].message].save(to: &writer)
            for encoding in Encoding.allCases {
                writer.write(order[place].offsets[Int(encoding.rawValue)])
            }
            writer.endRecord(record)
        }
        let walks = walkEnds.sorted { $0.key < $1.key }
        writer.write(UInt32(walks.count))
        for (slot, end) in walks {
            writer.write(slot.rawValue)
            writer.write(end)
        }
    }

    /// Fills an empty table.
    mutating func restore(from reader: inout StateReader) throws(StateError) {
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            var message = RetainedMessage()
            try message.restore(from: &reader)
            let key = message.key
            guard indices[key] == nil else { throw StateError("the key \(key) is there twice") }
            var offsets: InlineArray<3, UInt64> = [0, 0, 0]
            for encoding in Encoding.allCases {
                offsets[Int(encoding.rawValue)] = try reader.read()
            }
            try reader.leaveRecord(outerEnd)
            if message.except != .none { hasExceptions = true }
            restore(message, at: offsets)
        }
        for _ in 0..<(try reader.read(UInt32.self)) {
            walkEnds[Slot(rawValue: try reader.read())] = try reader.read()
        }
    }

    private mutating func restore(
        _ message: consuming RetainedMessage, at offsets: InlineArray<3, UInt64>
    ) {
        let index = renew(message.key, at: offsets)
        message.place = messages[index].place
        messages[index] = message
        count(index)
    }

    /// Throws if a variant could not have published these messages. Each was the whole of a frame
    /// in the log, and is at one of the `boundaries` if the log reaches back so far.
    func check(
        _ encoding: Encoding, from start: UInt64, _ boundaries: ArraySlice<UInt64>
    ) throws(StateError) {
        var last: UInt64?
        for place in order.indices where isLive(place) {
            let offset = order[place].offsets[Int(encoding.rawValue)]
            guard last.map({ $0 < offset }) ?? true, offset < boundaries.last ?? 0,
                offset < start || boundaries.contains(sorted: offset)
            else { throw StateError("a retained message has an impossible place") }
            last = offset
        }
    }
}

extension RetainedMessage {
    fileprivate func save(to writer: inout StateWriter) {
        key.save(to: &writer)
        writer.write(frame.span)
        writer.write(deflated.span)
        writer.write(eventID.span)
        writer.write(isStreamed)
        writer.write(isLast)
        writer.write(except.rawValue)
    }

    fileprivate mutating func restore(from reader: inout StateReader) throws(StateError) {
        key = try TopicKey(from: &reader)
        // Not in one line each: that crashes the compiler of Swift 6.3.
        let (plain, short, id) = (
            try reader.readBytes(), try reader.readBytes(), try reader.readBytes()
        )
        frame.append(plain.span)
        deflated.append(short.span)
        eventID.append(id.span)
        isStreamed = try reader.readBool()
        isLast = try reader.readBool()
        except = Slot(rawValue: try reader.read())
        let hasFrame = FrameHeader.frameByteCount(frame.span) == frame.count
        let deflatedByteCount = FrameHeader.frameByteCount(deflated.span) ?? 0
        guard hasFrame, deflatedByteCount == deflated.count else {
            throw StateError("a retained message is not a frame")
        }
    }
}

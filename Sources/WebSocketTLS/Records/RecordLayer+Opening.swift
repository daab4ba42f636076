// Reads records: decrypts them in place, and answers what is not application data.

import Storage

/// What ``RecordLayer/next(_:from:output:_:)`` found.
package enum RecordEvent: Equatable, Sendable {
    /// The bytes from the position on are no whole record: present them again with what follows.
    case needsMore
    /// Application data, decrypted in this range of the bytes; never empty.
    case data(Range<Int>)
    /// Nothing more is read.
    case ended(RecordEnd)
}

extension RecordLayer {
    /// Reads from `position` on, up to `limit` or the end, until there is application data, moving
    /// `position` behind every record that it has read. Decrypts in place. What the peer must get
    /// because of it goes to `output`: the answer to a KeyUpdate, or a fatal alert.
    package mutating func next(
        _ bytes: inout MutableSpan<UInt8>, from position: inout Int, upTo limit: Int? = nil,
        output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) -> RecordEvent {
        while end == nil {
            do throws(RecordFault) {
                guard let record = try wholeRecord(bytes, position..<(limit ?? bytes.count)) else {
                    return .needsMore
                }
                position = record.upperBound
                let content = try open(record, of: &bytes, &ciphers)
                let data = try take(content, of: &bytes, output: &output, &ciphers)
                if let data { return .data(data) }
            } catch {
                end = .fault(error)
                // A message that was refused at its header is no state to save.
                handshake = PostHandshakeReader()
                sendAlert(error.alert, into: &output, &ciphers)
            }
        }
        return .ended(end ?? .closed)
    }

    /// The range of the record at the beginning of `input`; nil if it is not whole.
    private func wholeRecord(
        _ bytes: borrowing MutableSpan<UInt8>, _ input: Range<Int>
    ) throws(RecordFault) -> Range<Int>? {
        let (position, count) = (input.lowerBound, input.count)
        guard count >= Self.headerByteCount else { return nil }
        // The version in the header is ignored (RFC 8446 §5.1).
        guard bytes[position] == ContentType.applicationData.rawValue else {
            throw .unexpectedType
        }
        let bodyCount = Int(bytes[position + 3]) << 8 | Int(bytes[position + 4])
        guard bodyCount <= Self.bodyByteLimit else { throw .tooLong }
        guard bodyCount >= Self.tagByteCount else { throw .badTag }
        guard count >= Self.headerByteCount + bodyCount else { return nil }
        return position..<position + Self.headerByteCount + bodyCount
    }

    /// Decrypts a record, and returns where its content is and its type.
    private mutating func open(
        _ record: Range<Int>, of bytes: inout MutableSpan<UInt8>, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) -> (range: Range<Int>, type: UInt8) {
        guard try ciphers.open(record, of: &bytes, keys: &receiving, suite: suite) else {
            throw .badTag
        }
        let first = record.lowerBound + Self.headerByteCount
        var last = record.upperBound - Self.tagByteCount - 1
        guard last - first <= Self.contentByteLimit else { throw .tooLong }
        // Zeros behind the type are padding (RFC 8446 §5.4).
        while last >= first, bytes[last] == 0 { last -= 1 }
        guard last >= first else { throw .noType }
        return (first..<last, bytes[last])
    }

    /// Does what a record's content asks for; returns its range if it is data for the caller.
    private mutating func take(
        _ content: (range: Range<Int>, type: UInt8), of bytes: inout MutableSpan<UInt8>,
        output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) -> Range<Int>? {
        let type = ContentType(rawValue: content.type)
        guard !handshake.isInMessage || type == .handshake else { throw .unexpectedHandshake }
        if type == .applicationData, !content.range.isEmpty {
            emptyRecordCount = 0
            if keyUpdateDebt > 0 { keyUpdateDebt -= 1 }
            try askForKey(output: &output, &ciphers)
            return content.range
        }
        switch type {
        case .applicationData: try countEmpty()
        case .handshake:
            try countEmpty()
            let result = try handshake.read(
                bytes.span.extracting(content.range), takesTickets: role == .client)
            if case .keyUpdate(let isRequested) = result {
                try updateKeys(isRequested, output: &output, &ciphers)
            }
        case .alert:
            // RFC 8446 §5.4 has an alert of its own for this.
            guard !content.range.isEmpty else { throw .unexpectedType }
            guard content.range.count == 2 else { throw .malformed }
            try takeAlert(bytes[content.range.lowerBound + 1])
        case nil: throw .unexpectedType
        }
        return nil
    }

    /// Counts a record without application data. Alerts that end the connection are heard always.
    private mutating func countEmpty() throws(RecordFault) {
        guard Int(emptyRecordCount) < Self.emptyRecordLimit else { throw .tooManyEmpty }
        emptyRecordCount += 1
    }

    /// Uses the peer's next key, and answers with our next key if it wants that.
    private mutating func updateKeys(
        _ isRequested: Bool, output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) {
        guard Int(keyUpdateDebt) + 2 <= 2 * Self.keyUpdateLimit else { throw .tooManyEmpty }
        keyUpdateDebt += 2
        ciphers.keyUpdateCount &+= 1
        receiving.update(suite)
        hasAskedForKey = false
        guard isRequested, !hasEndedSending else { return }
        try sendKeyUpdate(requestsAnswer: false, into: &output, &ciphers)
    }

    /// Asks for a new key, once, when the peer has used its present one for too long.
    private mutating func askForKey(
        output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) {
        guard receiving.recordCount >= ciphers.recordsPerKey, !hasAskedForKey, !hasEndedSending
        else { return }
        hasAskedForKey = true
        try sendKeyUpdate(requestsAnswer: true, into: &output, &ciphers)
    }

    /// A close_notify ends the peer's direction alone: what it has asked for before is still
    /// answered, and then `close(into:_:)` ends ours (RFC 8446 §6.1). Every other alert is fatal,
    /// whatever level it says (§6), but user_canceled, which a close_notify follows.
    private mutating func takeAlert(_ number: UInt8) throws(RecordFault) {
        switch Alert(rawValue: number) {
        case .closeNotify: end = .closed
        case .userCanceled: try countEmpty()
        default:
            end = .alert(number)
            hasEndedSending = true
        }
    }
}

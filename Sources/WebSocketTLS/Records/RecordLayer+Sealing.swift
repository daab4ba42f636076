// Writes records: application data, KeyUpdates and alerts.

import Storage

extension RecordLayer {
    /// Appends `content` to `output` as records of at most 16,384 bytes each; nothing for no
    /// content. A new key is used first when the present one has sealed its share of records.
    ///
    /// Throws after a close_notify, a fault or a fatal alert.
    package mutating func seal(
        _ content: Span<UInt8>, into output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) {
        guard !hasEndedSending else { throw .sendingEnded }
        var position = 0
        while position < content.count {
            if sending.recordCount >= ciphers.recordsPerKey {
                try sendKeyUpdate(requestsAnswer: false, into: &output, &ciphers)
            }
            let end = min(content.count, position + Self.contentByteLimit)
            try ciphers.seal(
                content.extracting(position..<end), type: ContentType.applicationData.rawValue,
                keys: &sending, suite: suite, into: &output)
            position = end
        }
    }

    /// Appends a close_notify, once: nothing can be sealed after it, but records are still read
    /// until the peer closes, too (RFC 8446 §6.1).
    package mutating func close(into output: inout ByteBuffer, _ ciphers: inout RecordCiphers) {
        sendAlert(.closeNotify, into: &output, &ciphers)
    }

    /// Appends an alert that is the last record, unless there has been one.
    mutating func sendAlert(
        _ alert: Alert, into output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) {
        guard !hasEndedSending else { return }
        hasEndedSending = true
        // The level is 1 for a close_notify, and else 2: fatal.
        let content: InlineArray<2, UInt8> = [alert == .closeNotify ? 1 : 2, alert.rawValue]
        // When the record numbers are used up the peer learns by the connection's end.
        try? ciphers.seal(
            content.span, type: ContentType.alert.rawValue, keys: &sending, suite: suite,
            into: &output)
    }

    /// Appends a KeyUpdate (RFC 8446 §4.6.3), and seals with the next key from then on.
    mutating func sendKeyUpdate(
        requestsAnswer: Bool, into output: inout ByteBuffer, _ ciphers: inout RecordCiphers
    ) throws(RecordFault) {
        let content: InlineArray<5, UInt8> = [
            PostHandshakeReader.keyUpdate, 0, 0, 1, requestsAnswer ? 1 : 0,
        ]
        try ciphers.seal(
            content.span, type: ContentType.handshake.rawValue, keys: &sending, suite: suite,
            into: &output)
        sending.update(suite)
    }
}

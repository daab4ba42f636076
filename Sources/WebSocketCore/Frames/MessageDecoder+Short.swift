// UNSAFE: reads a short frame's header in two loads, within bytes that were counted before.

extension MessageDecoder {
    /// The case that matters most, ahead of all the others: to a server that is between messages, a
    /// whole unfragmented text or binary message of at most 125 bytes. It breaks no rule but that
    /// on UTF-8. Nil says that it is something else.
    ///
    /// It is compiled into the server's loop, where at 16 messages a receive it counts.
    @inlinable @inline(__always)
    @_lifetime(bytes: copy bytes)
    mutating func shortMessage(
        _ bytes: inout MutableSpan<UInt8>, _ position: inout Int, _ rules: DecoderRules
    ) -> Event? {
        let available = bytes.count - position
        guard phase == .header, message == nil, rules.role == .server, available >= 6,
            position >= 0
        else { return nil }
        let start = position
        let (head, maskingKey) = unsafe bytes.withUnsafeBytes { buffer in
            unsafe (
                buffer.loadUnaligned(fromByteOffset: start, as: UInt16.self),
                UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: start + 2, as: UInt32.self))
            )
        }
        let first = UInt8(truncatingIfNeeded: UInt16(littleEndian: head))
        let payloadByteCount = Int(UInt16(littleEndian: head) >> 8 ^ 0x80)
        guard first == 0x81 || first == 0x82, payloadByteCount <= 125,
            payloadByteCount <= available - 6, payloadByteCount <= rules.messageByteLimit
        else { return nil }
        let payload = unsafe Range(uncheckedBounds: (start + 6, start + 6 + payloadByteCount))
        let isASCII = bytes.unmask(payload, maskingKey)
        if first == 0x81 && !isASCII {
            guard UTF8Validator.isValid(bytes.span.extracting(payload)) else {
                return fail(.invalidUTF8, &position, bytes.count)
            }
        }
        position = payload.upperBound
        return .message(MessageKind(first == 0x81 ? .text : .binary), payload)
    }
}

// Control frames, which are never fragmented and may come between the frames of a message.

extension MessageDecoder {
    /// Handles a control frame that is complete in `bytes`.
    @_lifetime(bytes: copy bytes)
    mutating func control(
        _ header: FrameHeader, _ payload: Range<Int>, _ bytes: inout MutableSpan<UInt8>,
        _ position: inout Int
    ) -> Event {
        if header.isMasked { _ = bytes.unmask(payload, header.maskingKey) }
        switch header.opcode {
        case .ping:
            position = payload.upperBound
            return .ping(payload)
        case .pong:
            position = payload.upperBound
            return .pong(payload)
        default:
            return close(payload, bytes.span, &position)
        }
    }

    /// Handles a Close frame (RFC 6455 §5.5.1). An empty frame has no code; a payload of one byte
    /// has been refused already.
    private mutating func close(
        _ payload: Range<Int>, _ bytes: Span<UInt8>, _ position: inout Int
    ) -> Event {
        var code: CloseCode?
        var reason = payload
        if payload.count >= 2 {
            let high = UInt16(bytes[payload.lowerBound])
            let low = UInt16(bytes[payload.lowerBound + 1])
            let received = CloseCode(rawValue: high << 8 | low)
            guard received.mayReceive else {
                return fail(.invalidCloseCode, &position, bytes.count)
            }
            code = received
            reason = payload.lowerBound + 2..<payload.upperBound
            guard UTF8Validator.isValid(bytes.extracting(reason)) else {
                return fail(.invalidCloseReason, &position, bytes.count)
            }
        }
        phase = .closed
        remaining = code.map { Int($0.rawValue) } ?? -1
        position = payload.upperBound
        return .close(code, reason: reason)
    }
}

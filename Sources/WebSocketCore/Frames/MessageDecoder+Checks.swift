// The decoder's checks of a frame header, in three parts that follow the order of the bytes.

extension MessageDecoder {
    /// What is wrong with a complete header, if anything; `assembled` is how many bytes of its
    /// message have arrived.
    @inline(__always)
    func violation(
        in header: FrameHeader, _ assembled: Int, _ rules: DecoderRules
    ) -> ProtocolViolation.Kind? {
        let second = header.secondByte
        if let kind = violation(inFirst: header.firstByte, assembled, rules) { return kind }
        if let kind = violation(inSecond: second, header.firstByte, rules) { return kind }
        if header.firstByte & 0x8 != 0 { return nil }
        if header.payloadByteCount >> 63 != 0 { return .lengthTopBit }
        if !header.lengthIsMinimal { return .lengthNotMinimal }
        return exceedsLimit(header.payloadByteCount, header.firstByte, assembled, rules)
            ? .messageTooBig : nil
    }

    /// What is wrong with a header whose first bytes have arrived, as far as they show it. The
    /// result is the same as for the complete header, only earlier.
    @inline(never)
    func violation(
        inPartial bytes: Span<UInt8>, _ assembled: Int, _ rules: DecoderRules
    ) -> ProtocolViolation.Kind? {
        guard bytes.count >= 1 else { return nil }
        if let kind = violation(inFirst: bytes[0], assembled, rules) { return kind }
        guard bytes.count >= 2 else { return nil }
        if let kind = violation(inSecond: bytes[1], bytes[0], rules) { return kind }
        let short = UInt64(bytes[1] & 0x7F)
        if short <= 125 {
            if bytes[0] & 0x8 != 0 { return nil }
            return exceedsLimit(short, bytes[0], assembled, rules) ? .messageTooBig : nil
        }
        // The length bytes that have arrived, with zeros for the rest: a lower bound of the length.
        let lengthByteCount = short == 126 ? 2 : 8
        let present = min(bytes.count - 2, lengthByteCount)
        if present == 0 { return nil }
        var atLeast: UInt64 = 0
        for index in 0..<lengthByteCount {
            atLeast = atLeast << 8 | (index < present ? UInt64(bytes[2 + index]) : 0)
        }
        if atLeast >> 63 != 0 { return .lengthTopBit }
        if lengthByteCount == 2 && present == 2 && atLeast <= 125 { return .lengthNotMinimal }
        if lengthByteCount == 8 && present >= 6 && atLeast <= 0xFFFF { return .lengthNotMinimal }
        return exceedsLimit(atLeast, bytes[0], assembled, rules) ? .messageTooBig : nil
    }

    /// FIN, RSV and opcode (RFC 6455 §5.2, §5.4, §5.5; RFC 7692 §6).
    @inline(__always)
    private func violation(
        inFirst byte: UInt8, _ assembled: Int, _ rules: DecoderRules
    ) -> ProtocolViolation.Kind? {
        // Nearly always: the first frame of an uncompressed message.
        if byte & 0x7F == 0x1 || byte & 0x7F == 0x2 {
            return message == nil ? nil : .expectedContinuation
        }
        if byte & 0x70 != 0 {
            let mayBeCompressed = rules.allowsCompression && byte & 0x70 == 0x40
            guard mayBeCompressed, byte & 0xF == 0x1 || byte & 0xF == 0x2 else {
                return .reservedBits
            }
        }
        switch Opcode(rawValue: byte & 0xF) {
        case nil: return .reservedOpcode
        case .close, .ping, .pong: return byte & 0x80 == 0 ? .fragmentedControl : nil
        case .text, .binary: return message == nil ? nil : .expectedContinuation
        case .continuation:
            if message == nil { return .unexpectedContinuation }
            let carried = assembled / DecoderRules.payloadBytesPerFragment
            return Int(fragmentCount) - carried >= rules.fragmentLimit ? .tooManyFragments : nil
        }
    }

    /// MASK and the short length (RFC 6455 §5.1, §5.5, §5.5.1).
    @inline(__always)
    private func violation(
        inSecond byte: UInt8, _ first: UInt8, _ rules: DecoderRules
    ) -> ProtocolViolation.Kind? {
        let isMasked = byte & 0x80 != 0
        if isMasked != (rules.role == .server) { return isMasked ? .maskForbidden : .maskMissing }
        if first & 0x8 == 0 { return nil }
        if byte & 0x7F > 125 { return .controlTooLong }
        if first & 0xF == Opcode.close.rawValue && byte & 0x7F == 1 { return .closeTooShort }
        return nil
    }

    /// Whether a frame of `length` bytes would make its message too big.
    @inline(__always)
    private func exceedsLimit(
        _ length: UInt64, _ firstByte: UInt8, _ assembled: Int, _ rules: DecoderRules
    ) -> Bool {
        let before = message == nil ? 0 : assembled
        if length <= UInt64(max(0, rules.messageByteLimit - before)) { return false }
        // The first frame of a message says whether it is compressed.
        guard message?.isCompressed ?? (firstByte & 0x40 != 0) else { return true }
        return length > UInt64(max(0, rules.compressedByteLimit - before))
    }
}

extension FrameHeader {
    /// MASK and the 7-bit length, as they were on the wire.
    @inline(__always)
    var secondByte: UInt8 {
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch byteCount - (isMasked ? 4 : 0) {
        case 2: return mask | UInt8(truncatingIfNeeded: payloadByteCount)
        case 4: return mask | 126
        default: return mask | 127
        }
    }
}

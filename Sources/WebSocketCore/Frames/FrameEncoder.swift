// UNSAFE: writes frames straight into a byte buffer, with one reservation a frame. Each function
// writes exactly the bytes that it has reserved.

import LibC
import Storage

extension ByteBuffer {
    /// Appends an unmasked frame, as a server sends it (RFC 6455 §5.1).
    ///
    /// A control frame must be final and have at most 125 bytes of payload (§5.5); anything else is
    /// a bug of the caller and ends the process. `isCompressed` sets RSV1 (RFC 7692 §6).
    @inlinable @inline(__always)
    public mutating func appendFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, isCompressed: Bool = false
    ) {
        if isFinal, !isCompressed, appendShortFrame(opcode, payload) { return }
        appendAnyFrame(opcode, payload, isFinal: isFinal, isCompressed: isCompressed)
    }

    /// Appends a final frame of at most 125 bytes if the block has room for it; otherwise does
    /// nothing and returns false.
    @inlinable @inline(__always)
    package mutating func appendShortFrame(_ opcode: Opcode, _ payload: Span<UInt8>) -> Bool {
        let byteCount = payload.count
        guard byteCount <= 125, let start = unsafe appendUninitialized(ifRoomFor: byteCount &+ 2)
        else { return false }
        let target = UnsafeMutableRawPointer(start)
        let firstByte = UInt16(opcode.rawValue | 0x80)
        unsafe target.storeBytes(
            of: (firstByte | UInt16(truncatingIfNeeded: byteCount) << 8).littleEndian,
            as: UInt16.self)
        unsafe payload.withUnsafeBytes { source in
            guard let first = source.baseAddress else { return }
            unsafe Masking.copyShort(from: first, to: target + 2, byteCount)
        }
        return true
    }

    /// Appends a frame of any length.
    @usableFromInline
    mutating func appendAnyFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool, isCompressed: Bool
    ) {
        let byteCount = payload.count
        precondition(
            !opcode.isControl || (byteCount <= 125 && isFinal && !isCompressed),
            "control frames are short, whole and not compressed")
        let headerByteCount = byteCount <= 125 ? 2 : byteCount <= 0xFFFF ? 4 : 10
        let target = unsafe UnsafeMutableRawPointer(
            appendUninitialized(headerByteCount + byteCount))
        unsafe Self.writeHeader(
            target, Self.firstByte(opcode, isFinal, isCompressed), byteCount, maskBit: 0)
        if byteCount == 0 { return }
        unsafe payload.withUnsafeBufferPointer { source in
            _ = unsafe memcpy(target + headerByteCount, source.baseAddress!, byteCount)
        }
    }

    /// Appends a masked frame, as a client sends it (RFC 6455 §5.1, §5.3).
    ///
    /// `maskingKey` is sent with the most significant byte first. It should come from a source of
    /// randomness that the peer application can't predict, such as ``MaskingKeys``. The same
    /// preconditions hold as for `appendFrame`.
    public mutating func appendMaskedFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, isCompressed: Bool = false,
        maskingKey: UInt32
    ) {
        let byteCount = payload.count
        precondition(
            !opcode.isControl || (byteCount <= 125 && isFinal && !isCompressed),
            "control frames are short, whole and not compressed")
        let headerByteCount = byteCount <= 125 ? 6 : byteCount <= 0xFFFF ? 8 : 14
        let target = unsafe UnsafeMutableRawPointer(
            appendUninitialized(headerByteCount + byteCount))
        unsafe Self.writeHeader(
            target, Self.firstByte(opcode, isFinal, isCompressed), byteCount, maskBit: 0x80)
        unsafe (target + headerByteCount - 4)
            .storeBytes(of: maskingKey.bigEndian, as: UInt32.self)
        if byteCount == 0 { return }
        unsafe payload.withUnsafeBytes { source in
            _ = unsafe Masking.apply(
                maskingKey, from: source.baseAddress!, to: target + headerByteCount, byteCount)
        }
    }

    /// Appends an unmasked Close frame, as a server sends it (RFC 6455 §5.5.1): empty if `code` is
    /// nil or may not be sent, else the code and as many whole characters of `reason` as fit in 123
    /// bytes.
    public mutating func appendCloseFrame(_ code: CloseCode?, reason: String = "") {
        let body = ClosePayload(code, reason: reason)
        appendFrame(.close, body.bytes.span.extracting(first: body.count))
    }

    /// Appends a masked Close frame, as a client sends it.
    public mutating func appendMaskedCloseFrame(
        _ code: CloseCode?, reason: String = "", maskingKey: UInt32
    ) {
        let body = ClosePayload(code, reason: reason)
        appendMaskedFrame(
            .close, body.bytes.span.extracting(first: body.count), maskingKey: maskingKey)
    }

    @inline(__always)
    static func firstByte(
        _ opcode: Opcode, _ isFinal: Bool, _ isCompressed: Bool
    ) -> UInt8 {
        opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
    }

    /// Writes the first 2, 4 or 10 bytes of a frame.
    @inline(__always)
    static func writeHeader(
        _ target: UnsafeMutableRawPointer, _ firstByte: UInt8, _ byteCount: Int, maskBit: UInt8
    ) {
        unsafe target.storeBytes(of: firstByte, as: UInt8.self)
        if byteCount <= 125 {
            let length = UInt8(truncatingIfNeeded: byteCount) | maskBit
            unsafe (target + 1).storeBytes(of: length, as: UInt8.self)
        } else if byteCount <= 0xFFFF {
            unsafe (target + 1).storeBytes(of: 126 | maskBit, as: UInt8.self)
            let length = UInt16(truncatingIfNeeded: byteCount).bigEndian
            unsafe (target + 2).storeBytes(of: length, as: UInt16.self)
        } else {
            unsafe (target + 1).storeBytes(of: 127 | maskBit, as: UInt8.self)
            unsafe (target + 2).storeBytes(of: UInt64(byteCount).bigEndian, as: UInt64.self)
        }
    }
}

/// The payload of a Close frame, built in place.
struct ClosePayload {
    var bytes = InlineArray<125, UInt8>(repeating: 0)
    var count = 0

    /// A code that may not be sent (1005 means "no code") makes an empty payload.
    init(_ code: CloseCode?, reason: String) {
        guard let code, code.maySend else { return }
        bytes[0] = UInt8(truncatingIfNeeded: code.rawValue >> 8)
        bytes[1] = UInt8(truncatingIfNeeded: code.rawValue)
        count = 2
        for scalar in reason.unicodeScalars {
            let units = Unicode.UTF8.encode(scalar)!
            if count + units.count > bytes.count { break }
            for unit in units {
                bytes[count] = unit
                count += 1
            }
        }
    }
}

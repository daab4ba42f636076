// The header of a frame, parsed but not checked: the decoder checks it against its rules.

/// A frame header as it is on the wire (RFC 6455 §5.2), valid or not.
@frozen
public struct FrameHeader: BitwiseCopyable, Equatable, Sendable {
    /// FIN, RSV1–3 and the opcode.
    public var firstByte: UInt8
    /// How many bytes the header takes: 2 to 14.
    public var byteCount: Int
    /// How many bytes of payload follow. In a valid frame the top bit is zero.
    public var payloadByteCount: UInt64
    /// Whether there is a masking key.
    public var isMasked: Bool
    /// The masking key, with its first byte on the wire the most significant; 0 if there is none.
    public var maskingKey: UInt32

    @inlinable
    init(
        firstByte: UInt8, byteCount: Int, payloadByteCount: UInt64, isMasked: Bool,
        maskingKey: UInt32
    ) {
        self.firstByte = firstByte
        self.byteCount = byteCount
        self.payloadByteCount = payloadByteCount
        self.isMasked = isMasked
        self.maskingKey = maskingKey
    }

    /// Whether this is the last frame of its message.
    @inlinable
    public var isFinal: Bool { firstByte & 0x80 != 0 }

    /// RSV1, RSV2 and RSV3 as bits 2, 1 and 0.
    @inlinable
    public var reservedBits: UInt8 { (firstByte >> 4) & 0x7 }

    /// The frame's type, or nil if the value is reserved.
    @inlinable
    public var opcode: Opcode? { Opcode(rawValue: firstByte & 0xF) }

    /// Whether the length is encoded in the shortest possible form (RFC 6455 §5.2).
    @inlinable
    public var lengthIsMinimal: Bool {
        switch byteCount - (isMasked ? 4 : 0) {
        case 2: true
        case 4: payloadByteCount > 125
        default: payloadByteCount > 0xFFFF
        }
    }

    /// The header at the beginning of `bytes`, or nil if it is not complete yet.
    @inlinable
    public static func parse(_ bytes: Span<UInt8>) -> FrameHeader? {
        guard bytes.count >= 2 else { return nil }
        let isMasked = bytes[1] & 0x80 != 0
        let keyByteCount = isMasked ? 4 : 0
        var payloadByteCount = UInt64(bytes[1] & 0x7F)
        var lengthEnd = 2
        if payloadByteCount >= 126 {
            lengthEnd = payloadByteCount == 126 ? 4 : 10
            guard bytes.count >= lengthEnd + keyByteCount else { return nil }
            payloadByteCount = 0
            for index in 2..<lengthEnd {
                payloadByteCount = payloadByteCount << 8 | UInt64(bytes[index])
            }
        }
        guard bytes.count >= lengthEnd + keyByteCount else { return nil }
        var maskingKey: UInt32 = 0
        if isMasked {
            for index in lengthEnd..<lengthEnd + 4 {
                maskingKey = maskingKey << 8 | UInt32(bytes[index])
            }
        }
        return FrameHeader(
            firstByte: bytes[0], byteCount: lengthEnd + keyByteCount,
            payloadByteCount: payloadByteCount, isMasked: isMasked, maskingKey: maskingKey)
    }

    /// How many bytes the frame at the beginning of `bytes` has, header and payload; nil if the
    /// header is not complete. It is for walking a log of frames that we encoded ourselves.
    @inlinable
    public static func frameByteCount(_ bytes: Span<UInt8>) -> Int? {
        guard let header = parse(bytes), let payload = Int(exactly: header.payloadByteCount) else {
            return nil
        }
        let (sum, overflows) = header.byteCount.addingReportingOverflow(payload)
        return overflows ? nil : sum
    }
}

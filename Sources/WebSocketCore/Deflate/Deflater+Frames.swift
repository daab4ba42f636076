// UNSAFE: builds compressed frames in the output buffer itself. A function moves and masks only
// bytes that it has appended.

import LibC
import Storage

extension Deflater {
    /// Appends one frame with the whole `message`: compressed and with RSV1 set (RFC 7692 §6.1) if
    /// that makes it shorter, otherwise uncompressed. Returns whether it is compressed.
    ///
    /// The message is compressed straight into `output`, without a second buffer. Pass a
    /// `maskingKey` on a client, which must mask (RFC 6455 §5.1). `opcode` is `.text` or `.binary`;
    /// anything else ends the process.
    @discardableResult
    public mutating func appendFrame(
        _ opcode: Opcode, _ message: Span<UInt8>, maskingKey: UInt32? = nil,
        to output: inout ByteBuffer
    ) -> Bool {
        precondition(opcode == .text || opcode == .binary, "only messages are compressed")
        let start = output.count
        let reserved =
            ByteBuffer.headerByteCount(message.count)
            + (maskingKey == nil ? 0 : 4)
        output.reserve(reserved + message.count + 8)
        unsafe _ = output.appendUninitialized(reserved)
        if !message.isEmpty, deflate(message, into: &output, limit: message.count - 1) {
            output.finishCompressedFrame(
                opcode, at: start, headerByteCount: reserved, maskingKey: maskingKey)
            return true
        }
        output.removeLast(reserved)
        if let maskingKey {
            output.appendMaskedFrame(opcode, message, maskingKey: maskingKey)
        } else {
            output.appendFrame(opcode, message)
        }
        return false
    }
}

extension ByteBuffer {
    /// How many bytes the header takes, without a masking key (RFC 6455 §5.2).
    static func headerByteCount(_ payloadByteCount: Int) -> Int {
        payloadByteCount <= 125 ? 2 : payloadByteCount <= 0xFFFF ? 4 : 10
    }

    /// Writes the header of the frame that begins at `start` and whose payload begins
    /// `headerByteCount` bytes later, and masks the payload. If the compressed payload needs a
    /// shorter header than was reserved, the payload is moved forward.
    fileprivate mutating func finishCompressedFrame(
        _ opcode: Opcode, at start: Int, headerByteCount reserved: Int, maskingKey: UInt32?
    ) {
        let payloadByteCount = count - start - reserved
        let header = Self.headerByteCount(payloadByteCount) + (maskingKey == nil ? 0 : 4)
        var bytes = mutableSpan
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let frame = unsafe buffer.baseAddress! + start
            let payload = unsafe frame + header
            if header < reserved {
                unsafe memmove(payload, frame + reserved, payloadByteCount)
            }
            unsafe Self.writeHeader(
                frame, Self.firstByte(opcode, true, true), payloadByteCount,
                maskBit: maskingKey == nil ? 0 : 0x80)
            guard let maskingKey else { return }
            unsafe (payload - 4).storeBytes(of: maskingKey.bigEndian, as: UInt32.self)
            _ = unsafe Masking.apply(
                maskingKey, from: UnsafeRawPointer(payload), to: payload, payloadByteCount)
        }
        removeLast(reserved - header)
    }
}

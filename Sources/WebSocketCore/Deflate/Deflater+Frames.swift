// UNSAFE: compressed frames built where they are sent from. The bytes moved and masked are those
// that this function appended itself.

import Glibc
import Storage

extension Deflater {
    /// Appends a frame with the whole of `message`: compressed and with RSV1 set (RFC 7692 §6.1) if
    /// that makes it shorter, else plain. Returns whether it is compressed.
    ///
    /// It is compressed in place and costs no second buffer. With a `maskingKey` it is masked, as a
    /// client must (RFC 6455 §5.1). `opcode` is `.text` or `.binary`.
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
    /// How many bytes a header takes that has no masking key (RFC 6455 §5.2).
    static func headerByteCount(_ payloadByteCount: Int) -> Int {
        payloadByteCount <= 125 ? 2 : payloadByteCount <= 0xFFFF ? 4 : 10
    }

    /// Writes the header of the frame whose payload lies behind `headerByteCount` bytes at `start`,
    /// and masks it. A payload that turned out to need a shorter header is moved up to it.
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

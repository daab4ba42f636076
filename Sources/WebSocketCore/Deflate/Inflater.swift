// UNSAFE: lets zlib decompress messages straight into a byte buffer, within bounds. Invariants:
// `stream` is nil, or initialised by inflateInit2 and not shared; next_in and next_out are used
// only while the span and the buffer that they point into are lent to a call.

import CZlib
import Storage

/// Decompresses messages (RFC 7692 §7.2.2). One decompressor serves all connections, even with
/// context, since between two messages a context is only the bytes of its window.
///
/// It uses no memory before its first message and 40 KB after that, whatever the size of the
/// messages.
@safe
public struct Inflater: ~Copyable {
    private var stream: UnsafeMutablePointer<z_stream>?

    /// A decompressor that has allocated nothing yet.
    public init() { unsafe stream = nil }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Decompresses `payload` and appends the message to `output`. A text is checked to be UTF-8.
    ///
    /// Throws ``ProtocolViolation/Kind/messageTooBig`` or ``ProtocolViolation/Kind/ratioTooHigh``
    /// if the message would exceed `limits`, ``ProtocolViolation/Kind/invalidDeflate`` if the
    /// payload is corrupt or incomplete, and ``ProtocolViolation/Kind/invalidUTF8`` for a text.
    /// Then `output` is unchanged, except that its capacity has grown by at most twice the limit.
    ///
    /// The message may use any window, whatever was negotiated: that costs nothing here. Several
    /// blocks with BFINAL set are accepted (§7.2.3.4), and so is a final block without the empty
    /// block that should follow it.
    public mutating func inflate(
        _ payload: Span<UInt8>, as opcode: Opcode, into output: inout ByteBuffer,
        limits: InflateLimits
    ) throws(ProtocolViolation) {
        try inflate(payload, as: opcode, after: Span(), into: &output, limits: limits)
    }

    /// Does the same for a message that may refer to earlier messages, and adds it to `context` for
    /// the next message.
    public mutating func inflate(
        _ payload: Span<UInt8>, as opcode: Opcode, context: inout InflateContext,
        into output: inout ByteBuffer, limits: InflateLimits
    ) throws(ProtocolViolation) {
        let start = output.count
        try inflate(payload, as: opcode, after: context.bytes.span, into: &output, limits: limits)
        context.append(output.span.extracting(start...))
    }

    private mutating func inflate(
        _ payload: Span<UInt8>, as opcode: Opcode, after window: Span<UInt8>,
        into output: inout ByteBuffer, limits: InflateLimits
    ) throws(ProtocolViolation) {
        let start = output.count
        startStream(window)
        var outcome = inflate(payload, into: &output, limits.allowance(for: payload.count))
        if outcome == .whole && opcode == .text {
            let text = output.span.extracting(start...)
            if !UTF8Validator.isValid(text) { outcome = .invalidUTF8 }
        }
        if outcome == .whole { return }
        output.removeLast(output.count - start)
        switch outcome {
        case .tooMuch where limits.messageByteLimit > limits.allowance(for: payload.count):
            throw ProtocolViolation(.ratioTooHigh)
        case .tooMuch: throw ProtocolViolation(.messageTooBig)
        case .invalidUTF8: throw ProtocolViolation(.invalidUTF8)
        default: throw ProtocolViolation(.invalidDeflate)
        }
    }

    private enum Outcome { case whole, corrupt, tooMuch, invalidUTF8 }

    /// Runs the payload through zlib, and then the four bytes that the sender left off.
    private mutating func inflate(
        _ payload: Span<UInt8>, into output: inout ByteBuffer, _ allowance: Int
    ) -> Outcome {
        let tail: InlineArray<4, UInt8> = [0x00, 0x00, 0xFF, 0xFF]
        var room = InflateRoom(payload.count, allowance)
        var position = 0
        while position < payload.count {
            switch step(payload, from: &position, into: &output, &room) {
            case .going: continue
            case .corrupt: return .corrupt
            case .tooMuch: return .tooMuch
            case .ended:
                if position == payload.count { return .whole }
                // Keep the window: data after a final block may still refer to it.
                unsafe inflateResetKeep(stream)
            }
        }
        position = 0
        while true {
            switch step(tail.span, from: &position, into: &output, &room) {
            case .going(let isWaiting):
                if isWaiting { return isBetweenBlocks ? .whole : .corrupt }
            case .corrupt: return .corrupt
            case .tooMuch: return .tooMuch
            // At 0 the stream ended with the payload, at 4 with an empty final block.
            case .ended: return position == 0 || position == 4 ? .whole : .corrupt
            }
        }
    }

    private enum Step {
        /// `isWaiting`: zlib waits for more input, not for room.
        case going(isWaiting: Bool)
        /// A final block ended.
        case ended
        case corrupt
        case tooMuch
    }

    /// One call of zlib, which uses all of the input, all of the room, or both.
    private mutating func step(
        _ input: Span<UInt8>, from position: inout Int, into output: inout ByteBuffer,
        _ room: inout InflateRoom
    ) -> Step {
        guard let stream = unsafe stream else { preconditionFailure("there is no stream") }
        let size = room.next
        // zlib counts in 32 bits.
        let end = min(input.count, position + 1 << 30)
        var status = Z_OK
        let written = output.append(capacity: size) { free in
            unsafe input.extracting(position..<end).withUnsafeBufferPointer { source in
                unsafe free.withUnsafeMutableBufferPointer { target, byteCount in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress)
                    unsafe stream.pointee.avail_in = UInt32(source.count)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(target.count)
                    status = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
                    byteCount = unsafe target.count - Int(stream.pointee.avail_out)
                    return byteCount
                }
            }
        }
        position = unsafe end - Int(stream.pointee.avail_in)
        room.use(written)
        if room.isOverdrawn { return .tooMuch }
        switch status {
        case Z_OK, Z_BUF_ERROR: return .going(isWaiting: written < size)
        case Z_STREAM_END: return .ended
        case Z_MEM_ERROR: fatalError("out of memory")
        default: return .corrupt
        }
    }

    /// Whether the last block has ended at a byte boundary: zlib reports that in `data_type`.
    private var isBetweenBlocks: Bool {
        guard let stream = unsafe stream else { return false }
        return unsafe stream.pointee.data_type == 128
    }

    /// Prepares the stream for a message that may refer to `window`. zlib keeps the stream's
    /// address, so it must not move.
    private mutating func startStream(_ window: Span<UInt8>) {
        if let stream = unsafe stream {
            unsafe inflateReset(stream)
        } else {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            // A negative window means no zlib header and no checksum.
            let status = unsafe inflateInit2_(
                stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            if status == Z_MEM_ERROR { fatalError("out of memory") }
            precondition(status == Z_OK, "zlib refused its parameters")
            unsafe self.stream = stream
        }
        if window.isEmpty { return }
        unsafe window.withUnsafeBufferPointer { bytes in
            let status = unsafe inflateSetDictionary(
                stream, bytes.baseAddress, UInt32(bytes.count))
            precondition(status == Z_OK, "zlib lost its state")
        }
    }
}

/// How much output each step may produce: steps that double, up to one byte more than is allowed.
private struct InflateRoom {
    private let allowance: Int
    private var produced = 0
    private var stepByteCount: Int

    init(_ payloadByteCount: Int, _ allowance: Int) {
        self.allowance = allowance
        // Text expands about three times; zlib is fastest with at least 258 bytes of spare room.
        stepByteCount = min(max(1024, payloadByteCount &* 4), 1 << 16)
    }

    /// The room for the next step: at least one byte, unless there is too much output already.
    var next: Int { min(stepByteCount, allowance + 1 - produced) }

    var isOverdrawn: Bool { produced > allowance }

    mutating func use(_ byteCount: Int) {
        produced += byteCount
        stepByteCount = min(max(stepByteCount, produced), 1 << 24)
    }
}

/// The decompressor has one owner and shares nothing, so it may move between threads with it.
extension Inflater: @unchecked Sendable {}

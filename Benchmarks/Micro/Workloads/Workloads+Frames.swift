// Frames: decoding, unmasking, encoding.
import WebSocketCore

extension Workload {
    static let frames: [Workload] = [
        Workload("decode 32 B text", count: 20_000) { decoding(.text, byteCount: 32) },
        Workload("decode 1 KiB text", count: 10_000) { decoding(.text, byteCount: 1024) },
        Workload("decode 1 KiB binary", count: 10_000) { decoding(.binary, byteCount: 1024) },
        Workload("decode 16 KiB in pieces", count: 500) { assembling(byteCount: 16 << 10) },
        Workload("unmask 4 KiB", count: 10_000) { unmasking(byteCount: 4096) },
        Workload("encode 32 B", count: 50_000) { encoding(byteCount: 32) },
        Workload("encode 1 KiB", count: 20_000) { encoding(byteCount: 1024) },
    ]

    private static let rules = DecoderRules(
        role: .server, messageByteLimit: 1 << 20, fragmentLimit: 128)

    /// Frames as they come, several in one receive. They are copied each time because unmasking is
    /// in place; the figure includes this copy, as a server has the copy from the kernel.
    private static func decoding(_ opcode: Opcode, byteCount: Int) -> (Int) -> Void {
        let text = Array(repeatElement(Array(chatText.utf8), count: byteCount / 32).joined())
        var frames = ByteBuffer()
        let perReceive = 16
        for _ in 0..<perReceive {
            frames.appendMaskedFrame(
                opcode, text.span.extracting(first: byteCount), maskingKey: 0x37FA_213D)
        }
        let received = copy(frames.span)
        return { count in
            var decoder = MessageDecoder()
            var assembly = ByteBuffer()
            var messageCount = 0
            while messageCount < count {
                var bytes = received
                var span = bytes.mutableSpan
                var position = 0
                while case .message = decoder.next(
                    &span, from: &position, assembly: &assembly, rules: rules)
                {
                    messageCount += 1
                }
            }
            precondition(messageCount == (count + perReceive - 1) / perReceive * perReceive)
        }
    }

    /// A message that comes in receives of 4 KiB.
    private static func assembling(byteCount: Int) -> (Int) -> Void {
        var frame = ByteBuffer()
        frame.appendMaskedFrame(
            .binary, [UInt8](repeating: 0x61, count: byteCount).span, maskingKey: 0x37FA_213D)
        let whole = copy(frame.span)
        let pieces = stride(from: 0, to: whole.count, by: 4096).map {
            Array(whole[$0..<min($0 + 4096, whole.count)])
        }
        return { count in
            var decoder = MessageDecoder()
            var assembly = ByteBuffer()
            for _ in 0..<count {
                for piece in pieces {
                    var bytes = piece
                    var span = bytes.mutableSpan
                    var position = 0
                    let event = decoder.next(
                        &span, from: &position, assembly: &assembly, rules: rules)
                    if case .assembled = event { assembly.removeAll() }
                }
            }
            precondition(decoder.isBetweenMessages)
        }
    }

    private static func unmasking(byteCount: Int) -> (Int) -> Void {
        { count in
            var bytes = [UInt8](repeating: 0x61, count: byteCount)
            for _ in 0..<count {
                var span = bytes.mutableSpan
                Masking.apply(0x37FA_213D, to: &span)
            }
            use(bytes)
        }
    }

    private static func encoding(byteCount: Int) -> (Int) -> Void {
        let payload = [UInt8](repeating: 0x61, count: byteCount)
        return { count in
            var output = ByteBuffer()
            for _ in 0..<count {
                output.appendFrame(.text, payload.span)
                if output.count > 1 << 16 { output.removeFirst(output.count) }
            }
            use(output)
        }
    }
}

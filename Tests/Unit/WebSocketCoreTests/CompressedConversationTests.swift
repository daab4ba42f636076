// Compressed messages from one side's encoder to the other side's application, through all layers
// in between.

import Testing
import WireKit

@testable import WebSocketCore

/// A receiver of texts as in servers and clients: a decoder, an inflater, perhaps a context.
struct CompressedReceiver: ~Copyable {
    var run: DecoderRun
    var inflater = Inflater()
    var context: InflateContext?
    var messages: [Recorded] = []

    init(_ role: Role, _ parameters: DeflateParameters) {
        run = DecoderRun(role, allowsCompression: true)
        context = parameters.context(for: role == .server ? .client : .server)
    }

    mutating func receive(_ bytes: [UInt8]) throws {
        run.receive(bytes)
        for event in run.events {
            guard case .compressed(let payload) = event else {
                messages.append(event)
                continue
            }
            var output = ByteBuffer()
            let limits = InflateLimits(messageByteLimit: 1 << 20)
            if var kept = context.take() {
                try inflater.inflate(
                    payload.span, as: .text, context: &kept, into: &output, limits: limits)
                context = consume kept
            } else {
                try inflater.inflate(payload.span, as: .text, into: &output, limits: limits)
            }
            messages.append(.text(output.span.array))
        }
        run.events = []
    }
}

@Suite struct CompressedConversationTests {
    private func text(_ random: inout SeededRandom) -> [UInt8] {
        Sample.chat.bytes(Int.random(in: 0...3000, using: &random), &random)
    }

    /// Our frames, of every window, masked or not, in pieces of any size.
    @Test(arguments: 8...15, [Role.server, .client])
    func ourFrames(windowBits: Int, receiverRole: Role) throws {
        var random = SeededRandom(UInt64(windowBits))
        var pool = DeflaterPool()
        var receiver = CompressedReceiver(
            receiverRole,
            DeflateParameters(serverNoContextTakeover: true, clientNoContextTakeover: true))
        var wire = ByteBuffer()
        var expected: [Recorded] = []
        var compressedCount = 0
        for _ in 0..<40 {
            let message = text(&random)
            expected.append(.text(message))
            let key =
                receiverRole == .server ? UInt32.random(in: 0...UInt32.max, using: &random) : nil
            let isCompressed = pool.appendFrame(
                .text, message.span, windowBits: windowBits, maskingKey: key, to: &wire)
            if isCompressed { compressedCount += 1 }
        }
        #expect(compressedCount > 0)
        for piece in random.cut(wire.span.array, longest: 700) { try receiver.receive(piece) }
        #expect(receiver.messages == expected)
        #expect(receiver.run.unread == 0)
    }

    /// An independent peer's frames: with and without context, in fragments of which only the first
    /// has RSV1, with plain messages and control frames in between (RFC 7692 §6.1).
    @Test(arguments: [true, false], 1...8 as ClosedRange<UInt64>)
    func peerFrames(keepsContext: Bool, seed: UInt64) throws {
        var random = SeededRandom(seed)
        let deflater = ReferenceDeflater(windowBits: 10)
        var receiver = CompressedReceiver(
            .server,
            DeflateParameters(
                serverNoContextTakeover: true, clientNoContextTakeover: !keepsContext,
                clientMaxWindowBits: 10))
        var wire: [UInt8] = []
        var expected: [Recorded] = []
        for _ in 0..<60 {
            let message = text(&random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                wire += Role.server.frame(0x81, message)
                expected.append(.text(message))
                continue
            }
            let fragments = random.cut(deflater.message(message), longest: 500)
            if !keepsContext { deflater.reset() }
            for (index, fragment) in fragments.enumerated() {
                let isLast = index == fragments.count - 1
                let first: UInt8 = (isLast ? 0x80 : 0) | (index == 0 ? 0x41 : 0)
                wire += Role.server.frame(first, fragment)
                if !isLast && Bool.random(using: &random) {
                    wire += Role.server.frame(0x89, [UInt8(index & 0xFF)])
                    expected.append(.ping([UInt8(index & 0xFF)]))
                }
            }
            expected.append(.text(message))
        }
        for piece in random.cut(wire, longest: 900) { try receiver.receive(piece) }
        #expect(receiver.messages == expected)
    }
}

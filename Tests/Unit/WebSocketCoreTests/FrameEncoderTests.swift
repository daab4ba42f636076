// Our encoder's frames can be read by the other side.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct FrameEncoderTests {
    private static let sizes = [0, 1, 2, 7, 124, 125, 126, 127, 255, 65535, 65536, 100_000]

    @Test(arguments: sizes, [Opcode.text, .binary])
    func loopProbe(size: Int, opcode: Opcode) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 120) }
        let expected = Recorded(MessageKind(opcode), payload)
        var output = ByteBuffer()
        output.appendFrame(opcode, payload.span)
        #expect(frameByteCount(output.span.array) == output.count)
        var client = DecoderRun(.client)
        client.receive(output.span.array)
        #expect(client.events == [expected])
        #expect(output.span.array == Role.client.frame(0x80 | opcode.rawValue, payload))

        output.removeAll()
        output.appendMaskedFrame(opcode, payload.span, maskingKey: 0x37FA_213D)
        #expect(frameByteCount(output.span.array) == output.count)
        var server = DecoderRun(.server)
        server.receive(output.span.array)
        #expect(server.events == [expected])
        #expect(output.span.array == Role.server.frame(0x80 | opcode.rawValue, payload))
    }

    @Test(arguments: [7, 8, 9, 10] as [UInt64])
    func randomConversation(seed: UInt64) {
        var random = SeededRandom(seed)
        var output = ByteBuffer()
        var expected: [Recorded] = []
        for _ in 0..<60 {
            let key = UInt32.random(in: .min ... .max, using: &random)
            let payload = random.bytes(Int.random(in: 0...400, using: &random))
            let parts = random.cut(payload, longest: 200)
            for (index, part) in parts.enumerated() {
                if Int.random(in: 0..<4, using: &random) == 0 {
                    let ping = random.bytes(Int.random(in: 0...125, using: &random))
                    output.appendMaskedFrame(.ping, ping.span, maskingKey: key)
                    expected.append(.ping(ping))
                }
                output.appendMaskedFrame(
                    index == 0 ? .binary : .continuation, part.span,
                    isFinal: index == parts.count - 1, maskingKey: key &+ UInt32(index))
            }
            if !parts.isEmpty { expected.append(.binary(payload)) }
        }
        output.appendMaskedCloseFrame(.goingAway, reason: "done", maskingKey: 1)
        expected.append(.close(1001, "done"))
        var run = DecoderRun(.server)
        for piece in random.cut(output.span.array, longest: 300) { run.receive(piece) }
        #expect(run.events == expected, "seed \(seed)")
    }

    @Test func flagsOfTheFirstByte() {
        var output = ByteBuffer()
        let payload: [UInt8] = [65, 66]
        output.appendFrame(.text, payload.span, isFinal: false, isCompressed: true)
        output.appendFrame(.continuation, payload.span)
        output.appendFrame(.pong, Span())
        #expect(output.span.array == [0x41, 2, 65, 66, 0x80, 2, 65, 66, 0x8A, 0])
    }

    private func frameByteCount(_ bytes: [UInt8]) -> Int? {
        FrameHeader.frameByteCount(bytes.span)
    }

    @Test func lengthOfAFrameFromItsBeginning() {
        var output = ByteBuffer()
        let payload = [UInt8](repeating: 0, count: 70_000)
        output.appendFrame(.binary, payload.span)
        let bytes = output.span.array
        for count in 0..<10 { #expect(frameByteCount(Array(bytes[..<count])) == nil) }
        #expect(frameByteCount(Array(bytes[..<10])) == 70_010)
        #expect(frameByteCount([0x81, 0x85, 1, 2, 3]) == nil)
        #expect(frameByteCount([0x81, 0x05]) == 7)
    }

    /// The payload of an unmasked Close frame.
    private func closePayload(_ code: CloseCode?, _ reason: String) -> [UInt8] {
        var output = ByteBuffer()
        output.appendCloseFrame(code, reason: reason)
        let bytes = output.span.array
        #expect(bytes[0] == 0x88 && Int(bytes[1]) == bytes.count - 2)
        return Array(bytes[2...])
    }

    @Test func closeFrames() {
        #expect(closePayload(nil, "ignored") == [])
        #expect(closePayload(.noStatus, "never sent") == [])
        #expect(closePayload(.normal, "") == [0x03, 0xE8])
        #expect(closePayload(.normal, "bye") == [0x03, 0xE8] + Array("bye".utf8))
        let long = String(repeating: "a", count: 122)
        #expect(closePayload(.normal, long + "bc").count == 125)
        #expect(closePayload(.normal, long + "é") == [0x03, 0xE8] + Array(long.utf8))
        #expect(closePayload(.normal, long.dropLast() + "é").count == 125)
        #expect(
            closePayload(.normal, long.dropLast() + "漢z") == [0x03, 0xE8]
                + Array(long.utf8.dropLast()))
    }
}

@Suite struct CloseCodeTests {
    /// RFC 6455 §7.4 and the IANA registry, code by code.
    @Test func everyCode() {
        let registered: Set<Int> = [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
        ]
        for value in 0...65535 {
            let code = CloseCode(rawValue: UInt16(value))
            let isLegal = registered.contains(value) || (value >= 3000 && value <= 4999)
            #expect(code.maySend == isLegal && code.mayReceive == isLegal, "\(value)")
        }
    }

    @Test func everyViolationCanBeTold() {
        var reasons: Set<String> = []
        for kind in ProtocolViolation.Kind.allCases {
            let violation = ProtocolViolation(kind)
            #expect(violation.code.maySend)
            #expect(violation.reason.utf8CodeUnitCount <= 123)
            reasons.insert(violation.reason.description)
        }
        #expect(reasons.count == ProtocolViolation.Kind.allCases.count)
        #expect(ProtocolViolation(.invalidUTF8).code == .invalidPayload)
        #expect(ProtocolViolation(.messageTooBig).code == .messageTooBig)
        #expect(ProtocolViolation(.tooManyFragments).code == .policyViolation)
        #expect(ProtocolViolation(.maskMissing).code == .protocolError)
    }
}

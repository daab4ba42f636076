// The decoder against a table of wire cases, each cut in every way that a network may cut it.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct MessageDecoderTests {
    @Test(arguments: WireCase.all)
    func sameEventsHoweverCut(_ wireCase: WireCase) {
        let bytes = wireCase.bytes
        #expect(record(wireCase, [bytes]) == wireCase.events, "whole")
        #expect(record(wireCase, bytes.map { [$0] }) == wireCase.events, "byte by byte")
        for cut in 1..<max(2, min(bytes.count, 300)) where cut < bytes.count {
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(record(wireCase, pieces) == wireCase.events, "cut at \(cut)")
        }
        // A later frame changes nothing before it.
        let trailing = wireCase.role.frame(0x82, [1, 2, 3])
        let withMore = record(wireCase, [bytes + trailing])
        #expect(withMore.prefix(wireCase.events.count) == wireCase.events[...], "trailing")
    }

    @Test(arguments: WireCase.all.filter { $0.detectedAt != nil })
    func violationOnTheVeryByte(_ wireCase: WireCase) {
        let count = wireCase.detectedAt!
        let early = record(wireCase, wireCase.bytes.prefix(count).map { [$0] })
        #expect(early == wireCase.events)
        if count > 1 {
            let before = record(wireCase, wireCase.bytes.prefix(count - 1).map { [$0] })
            #expect(before.count == wireCase.events.count - 1)
        }
    }

    /// Streams with wrong bytes in them mean the same however they are cut.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func mutatedStreamsMeanTheSameHoweverCut(seed: UInt64) {
        var random = SeededRandom(seed)
        let cases = WireCase.all.filter { $0.bytes.count < 500 && $0.role == .server }
        for _ in 0..<20 {
            var wireCase = cases.randomElement(using: &random)!
            wireCase.bytes += cases.randomElement(using: &random)!.bytes
            for _ in 0..<Int.random(in: 0...2, using: &random) where !wireCase.bytes.isEmpty {
                let place = Int.random(in: 0..<wireCase.bytes.count, using: &random)
                wireCase.bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let whole = record(wireCase, [wireCase.bytes])
            let pieces = random.cut(wireCase.bytes, longest: 40)
            #expect(record(wireCase, pieces) == whole, "\(wireCase.bytes)")
            #expect(record(wireCase, wireCase.bytes.map { [$0] }) == whole, "\(wireCase.bytes)")
        }
    }

    @Test func decoderIsSmall() {
        #expect(MemoryLayout<MessageDecoder>.stride <= 32)
        #expect(MemoryLayout<MessageDecoder.Event>.size <= 32)
        #expect(MemoryLayout<ByteBuffer>.stride == 8)
    }

    @Test func doneAfterViolationAndClose() {
        var run = DecoderRun(.server)
        run.receive(Role.server.frame(0x88, [0x03, 0xE8] + Array("bye".utf8)))
        run.receive(Role.server.frame(0x81, [65]))
        #expect(run.events == [.close(1000, "bye"), .close(1000, "")])
        #expect(run.unread == 0)
        var failed = DecoderRun(.server)
        failed.receive([0x83])
        failed.receive(Role.server.frame(0x81, [65]))
        #expect(failed.events == [.violation(.reservedOpcode), .violation(.reservedOpcode)])
        #expect(failed.unread == 0)
    }

    @Test func assemblyGrowsWithWhatArrives() {
        var run = DecoderRun(.server, messageByteLimit: 1 << 40)
        run.receive([0x82, 0xFF, 0, 0, 0, 0x80, 0, 0, 0, 0, 1, 2, 3, 4])
        #expect(run.assemblyCapacity == 0)
        run.receive(Array(repeating: 0, count: 1000))
        #expect(run.assemblyCapacity >= 1000 && run.assemblyCapacity <= 4096)
        #expect(run.events.isEmpty)
    }
}

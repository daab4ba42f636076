// The outbox against a list of bytes and markers.
import Storage
import TestSupport
import Testing

@testable import WebSocketServer

@Suite struct OutboxTests {
    private enum Item: Equatable {
        case byte(UInt8)
        case marker(VariantIndex, UInt64)
    }

    @Test(arguments: UInt64(1)...60)
    func `Bytes and markers leave in the order of their arrival`(seed: UInt64) {
        var random = Seeded(seed)
        var outbox = Outbox()
        var model: [Item] = []
        var number: UInt8 = 0
        for step in 0..<500 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                for _ in 0..<Int.random(in: 1...9, using: &random) {
                    number &+= 1
                    outbox.bytes.append(number)
                    model.append(.byte(number))
                }
            case 2:
                outbox.appendMarker(source: VariantIndex(step), end: UInt64(step) * 3)
                model.append(.marker(VariantIndex(step), UInt64(step) * 3))
            case 3:
                let count = Int.random(in: 0...outbox.leadingByteCount, using: &random)
                outbox.removeFirst(count)
                model.removeFirst(count)
            case 4:
                // Moved-out bytes that a send did not take come back in front.
                var moved = ByteBuffer()
                outbox.moveLeading(into: &moved)
                let sent = Int.random(in: 0...moved.count, using: &random)
                model.removeFirst(sent)
                outbox.prepend(moved, from: sent)
            default:
                guard outbox.leadingByteCount == 0, let marker = outbox.firstMarker else {
                    continue
                }
                #expect(model.removeFirst() == .marker(marker.source, marker.end))
                outbox.removeFirstMarker()
            }
            let leading = model.prefix { if case .byte = $0 { true } else { false } }.count
            let (count, isEmpty) = (outbox.leadingByteCount, outbox.isEmpty)
            #expect(count == leading)
            #expect(isEmpty == model.isEmpty)
            let positions = outbox.markerPositions.map { $0.byteCount }
            #expect(positions == Self.positions(model))
        }
        var bytes: [UInt8] = []
        let span = outbox.bytes.span
        for index in 0..<span.count { bytes.append(span[index]) }
        #expect(bytes == model.compactMap { if case .byte(let byte) = $0 { byte } else { nil } })
    }

    private static func positions(_ model: [Item]) -> [Int] {
        var count = 0
        var positions: [Int] = []
        for item in model {
            if case .byte = item { count += 1 } else { positions.append(count) }
        }
        return positions
    }

    @Test func `Handled markers are forgotten, though there is always another`() {
        var outbox = Outbox()
        for number in 0..<10_000 {
            outbox.appendMarker(source: 1, end: UInt64(number))
            outbox.bytes.append(1)
            guard number > 0 else { continue }
            outbox.removeFirst(outbox.leadingByteCount)
            #expect(outbox.firstMarker?.end == UInt64(number - 1))
            outbox.removeFirstMarker()
        }
        let (pending, stored) = (outbox.markerCount, outbox.markers.count)
        #expect(pending == 1)
        #expect(stored < 100)
    }

    @Test func `Memory is freed when no output is pending`() {
        var outbox = Outbox()
        for _ in 0..<10_000 { outbox.bytes.append(1) }
        outbox.removeFirst(9_990)
        outbox.trim()
        let small = outbox.bytes.capacity
        #expect(small < 1024)
        outbox.removeFirst(10)
        outbox.trim()
        let none = outbox.bytes.capacity
        #expect(none == 0)
    }
}

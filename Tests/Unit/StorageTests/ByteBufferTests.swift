// The byte queue against an array, under random operations.

import TestSupport
import Testing

@testable import Storage

@Suite struct ByteBufferTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func behavesLikeAnArray(seed: UInt64) {
        var random = Seeded(seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<400 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                let bytes = random.bytes(Int.random(in: 0...200, using: &random))
                buffer.append(bytes.span)
                model += bytes
            case 4:
                buffer.append(UInt8(model.count & 0xFF))
                model.append(UInt8(model.count & 0xFF))
            case 5...7:
                let count = Int.random(in: 0...model.count, using: &random)
                buffer.removeFirst(count)
                model.removeFirst(count)
            case 8:
                let count = Int.random(in: 0...min(5, model.count), using: &random)
                buffer.removeLast(count)
                model.removeLast(count)
            case 9:
                buffer.shrinkToFit()
                #expect(buffer.capacity <= max(64, model.count))
            case 10:
                let room = Int.random(in: 0...3000, using: &random)
                buffer.reserve(room)
                #expect(buffer.capacity >= model.count + room)
            default:
                if Int.random(in: 0..<6, using: &random) == 0 {
                    let keeps = Bool.random(using: &random)
                    let capacity = buffer.capacity
                    buffer.removeAll(keepingCapacity: keeps)
                    model.removeAll()
                    #expect(buffer.capacity == (keeps ? capacity : 0))
                } else if !model.isEmpty {
                    let place = Int.random(in: 0..<model.count, using: &random)
                    var span = buffer.mutableSpan
                    span[place] = 0xEE
                    model[place] = 0xEE
                }
            }
            #expect(buffer.count == model.count && buffer.isEmpty == model.isEmpty)
            #expect(array(buffer) == model)
            #expect(buffer.capacity >= buffer.count)
        }
    }

    @Test func ownsNothingUntilUsed() {
        var buffer = ByteBuffer()
        #expect(buffer.capacity == 0)
        buffer.append(Span())
        buffer.append("")
        buffer.append(utf8: "")
        buffer.removeFirst(0)
        buffer.shrinkToFit()
        buffer.removeAll(keepingCapacity: true)
        #expect(buffer.capacity == 0 && buffer.isEmpty && buffer.span.isEmpty)
        #expect(ByteBuffer(minimumCapacity: 1000).capacity >= 1000)
    }

    @Test func aQueueOfSteadyLengthStopsGrowing() {
        var buffer = ByteBuffer()
        let piece = [UInt8](repeating: 7, count: 100)
        for _ in 0..<10_000 {
            buffer.append(piece.span)
            if buffer.count > 1000 { buffer.removeFirst(100) }
        }
        #expect(buffer.capacity <= 4096)
    }

    @Test func valuesInNetworkOrder() {
        var buffer = ByteBuffer()
        buffer.append(bigEndian: 0x0102 as UInt16)
        buffer.append(bigEndian: 0x0304_0506 as UInt32)
        buffer.append(bigEndian: 0x0708_090A_0B0C_0D0E as UInt64)
        #expect(array(buffer) == Array(1...14))
    }

    @Test(arguments: [0, 7, 10, 255, 1_000_000, .max, .min, -1])
    func decimals(_ value: Int) {
        var buffer = ByteBuffer()
        buffer.append(decimal: value)
        #expect(text(buffer) == String(value))
    }

    @Test func texts() {
        var buffer = ByteBuffer()
        buffer.append("literal ")
        buffer.append("é" as StaticString)
        buffer.append(utf8: "κόσμε and a string that is long enough to live on the heap")
        #expect(
            text(buffer) == "literal éκόσμε and a string that is long enough to live on the heap")
    }

    /// A short string has no memory of its own; its bytes must survive the growth of the block.
    @Test func shortTextsAcrossGrowth() {
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for number in 0..<5000 {
            let name = "room\(number)"
            buffer.append(utf8: name)
            model += name.utf8
            if number % 1000 == 999 {
                buffer.removeAll()
                model.removeAll()
            }
            #expect(buffer.count == model.count)
            if number % 10 == 0 { #expect(array(buffer) == model) }
        }
    }

    @Test func writtenInPlace() {
        var buffer = ByteBuffer()
        buffer.append("ab")
        let count = buffer.append(capacity: 100) { output in
            for byte in 1...50 as ClosedRange<UInt8> { output.append(byte) }
            return output.count
        }
        #expect(count == 50)
        #expect(array(buffer) == [97, 98] + Array(1...50))
    }
}

private func array(_ buffer: borrowing ByteBuffer) -> [UInt8] { [UInt8](copying: buffer.span) }
private func text(_ buffer: borrowing ByteBuffer) -> String { String(copying: buffer.span) }

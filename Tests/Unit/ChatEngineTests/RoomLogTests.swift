// The log of a room, beside a plain list.
import Storage
import Testing
import WireKit

@testable import ChatEngine

@Suite struct RoomLogTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `A log finds what a list finds`(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let limit = Int.random(in: 1...12, using: &random)
        var log = RoomLog(limit: limit)
        var list: [EnginePlace] = []
        var epoch: UInt64 = 1
        var offset = UInt64.random(in: 1...5, using: &random)
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            if Int.random(in: 0..<4, using: &random) == 0 {
                epoch = UInt64.random(in: 1...3, using: &random)
            }
            // Mostly one by one; a stream with gaps is none of ours, and is still understood.
            offset += Int.random(in: 0..<9, using: &random) == 0 ? 3 : 1
            let place = EnginePlace(offset: offset, epoch: epoch)
            log.append(EngineEntry(place, after: log.head, bytes: [], keyByteCount: 0))
            list.append(place)
            if Int.random(in: 0..<30, using: &random) == 0 {
                log.removeAll()
                list = []
            }
        }
        let kept = Array(list.suffix(limit))
        #expect(log.serials.count == kept.count && log.head == kept.last ?? .start)
        for offset in 0...offset + 1 {
            for epoch in 1...3 as ClosedRange<UInt64> {
                let place = EnginePlace(offset: offset, epoch: epoch)
                let index = kept.firstIndex(of: place)
                #expect(log.serial(of: place) == index.map { log.serials.lowerBound + $0 })
                let verdict = log.verdict(on: place)
                if index != nil {
                    #expect(verdict == .held)
                } else if kept.isEmpty || offset > kept.last!.offset {
                    #expect(verdict == .ahead)
                } else {
                    #expect(verdict == (offset < kept[0].offset ? .held : .passed))
                }
            }
        }
    }
}

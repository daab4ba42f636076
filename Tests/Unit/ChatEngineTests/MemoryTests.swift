// What the logs take together has a limit.
import Storage
import Testing
import WireKit

@testable import ChatEngine

@Suite struct MemoryTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `The memory of a log is that of its entries`(_ seed: UInt64) {
        var random = SeededRandom(seed)
        var log = RoomLog(limit: Int.random(in: 1...20, using: &random))
        for offset in 1...60 as ClosedRange<UInt64> {
            let bytes = [UInt8](repeating: 1, count: Int.random(in: 0...50, using: &random))
            log.append(
                EngineEntry(
                    EnginePlace(offset: offset, epoch: 1), after: log.head, bytes: bytes,
                    keyByteCount: 0))
            if Int.random(in: 0..<9, using: &random) == 0 {
                let head = log.head
                let count = Int.random(in: 0...20, using: &random)
                let left = min(count, log.count)
                log.shorten(to: count)
                #expect(log.count == left && (left == 0 || log.head == head))
            }
            let sum = log.serials.reduce(0) { $0 + log[$1].allocatedByteCount }
            #expect(log.byteCount == sum)
        }
    }

    @Test func `Logs that take too much together lose their oldest entries, and keep the newest`() {
        let (desk, room) = Desk.live {
            $0.logByteLimit = 30_000
            $0.leastKept = 20
        }
        for offset in 1...600 {
            desk.pushMessages("\(offset - 1)-\(offset == 1 ? 0 : 7) \(offset)-7", "m")
            _ = desk.events()
            _ = desk.turn()
            #expect(desk.node.logByteCount <= 30_000 + 1_000)
        }
        let log = desk.log(room)
        #expect(log.last == "600-7=m" && log.count >= 20 && log.count < 600)
        #expect(desk.isLive(room))
        // What events name stays until they were taken.
        let isFull = desk.node.logByteCount
        for offset in 601...900 {
            desk.pushMessages("\(offset - 1)-7 \(offset)-7", "m")
            _ = desk.turn()
        }
        #expect(desk.node.logByteCount > isFull + 200 * 40)
        _ = desk.events()
        for _ in 0..<3 { _ = desk.turn() }
        #expect(desk.node.logByteCount < isFull + 200 * 40)
    }
}

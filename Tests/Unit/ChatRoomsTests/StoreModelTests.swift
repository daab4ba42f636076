// The chat with a store: whatever the store does, nothing is lost, doubled or told wrongly.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct StoreModelTests {
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `Nothing that was said or seen is lost, whatever the store does`(_ seed: UInt64) {
        let model = StoreModel(seed: seed, entryLimit: seed % 3 == 0 ? 12 : .max)
        for _ in 0..<700 { model.step() }
        model.settle()
        model.checkStore()
        #expect(model.acknowledged.count > 5 && model.refusedCount > 0)
    }

    @Test func `The runs reach what they shall test`() {
        var counts = [0, 0, 0, 0, 0]
        for seed in 31...36 as ClosedRange<UInt64> {
            let model = StoreModel(seed: seed)
            for _ in 0..<700 { model.step() }
            counts[0] += model.acknowledged.count
            counts[1] += model.recoveredCount
            counts[2] += model.crashCount
            counts[3] += model.store.delayedCount
            counts[4] += model.foundCount
        }
        #expect(zip(counts, [120, 20, 20, 20, 20]).allSatisfy { $0 > $1 }, "\(counts)")
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `A store that answers at once is like the memory`(_ seed: UInt64) {
        let model = StoreModel(seed: seed)
        model.store.answersAtOnce = true
        for _ in 0..<400 { model.step() }
        model.settle()
        model.checkStore()
        #expect(model.acknowledged.count > 30)
    }
}

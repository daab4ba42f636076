// Tables of slots: against arrays, and nothing is lost or destroyed twice.
// Tables of slots: compared with arrays; nothing is lost or destroyed twice.
import Storage
import Synchronization
import TestSupport
import Testing

/// Counts its live instances.
private struct Counted: ~Copyable {
    static let alive = Atomic<Int>(0)
    let value: Int

    init(_ value: Int) {
        self.value = value
        Self.alive.add(1, ordering: .relaxed)
    }

    deinit { Self.alive.subtract(1, ordering: .relaxed) }
}

@Suite(.serialized) struct TableTests {
    @Test(arguments: [0, 1, 3, 4, 5, 511, 512, 513, 2000])
    func `Elements keep their place while the table grows`(count: Int) {
        do {
            var table = ChunkedTable<Counted>()
            for value in 0..<count { table.append(Counted(value)) }
            for value in 0..<count {
                let stored = table[value].value
                #expect(stored == value)
            }
            #expect(Counted.alive.load(ordering: .relaxed) == count)
            for value in (0..<count / 2).reversed() {
                guard let popped = table.popLast() else { fatalError("empty too early") }
                let number = popped.value
                #expect(number == value + count - count / 2)
            }
            let left = table.count
            #expect(left == count - count / 2)
        }
        #expect(Counted.alive.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: UInt64(1)...20)
    func `A slot has one owner at a time`(seed: UInt64) {
        var random = Seeded(seed)
        var table = SlotTable<Int>()
        var taken: [SlotTable<Int>.Index: Int] = [:]
        for value in 1...2000 {
            if taken.isEmpty || Bool.random(using: &random) {
                let slot = table.allocate(value)
                #expect(taken.updateValue(value, forKey: slot) == nil)
            } else {
                let slot = taken.keys.sorted { $0.rawValue < $1.rawValue }.randomElement(
                    using: &random)!
                let stored = table[slot]
                #expect(stored == taken[slot])
                table.free(slot, leaving: 0)
                taken[slot] = nil
            }
            let (count, bound) = (table.count, table.endIndex)
            #expect(count == taken.count)
            #expect(bound >= count)
        }
    }

    @Test func `The slot freed last is allocated first`() {
        var table = SlotTable<Int>()
        var slots: [SlotTable<Int>.Index] = []
        for value in 0..<6 { slots.append(table.allocate(value)) }
        let none = table.nextFree
        #expect(none == nil)
        for number in [4, 1, 3] { table.free(slots[number], leaving: 0) }
        let order = table.freeOrder
        #expect(order == [slots[3], slots[1], slots[4]])
        for slot in order {
            let next = table.nextFree
            #expect(next == slot)
            let taken = table.allocate(9)
            #expect(taken == slot)
        }
    }

    @Test func `A table with a restored layout allocates only free slots`() {
        var table = SlotTable<Int>()
        table.restoreLayout(6, isTaken: { $0.rawValue % 2 == 0 }, making: { -1 })
        let slots = Set((0..<3).map { table.allocate($0).rawValue })
        #expect(slots == [1, 3, 5])
        let next = table.allocate(9).rawValue
        #expect(next == 6)
    }
}

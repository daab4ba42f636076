// Several chats on shared logs: whatever becomes of the logs, everybody sees the same.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct SharedModelTests {
    private func run(_ seed: UInt64, _ fault: SharedModel.Fault? = nil) -> SharedModel {
        let model = SharedModel(seed: seed, fault: fault)
        for _ in 0..<900 { model.step() }
        model.settle()
        model.checkEnd()
        return model
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `All nodes show the same, once and in order`(_ seed: UInt64) {
        let model = run(seed)
        #expect(model.failures.isEmpty, "\(model.failures.prefix(3))")
    }

    @Test func `The runs reach what they shall test`() {
        var counts: [String: Int] = [:]
        for seed in 31...38 as ClosedRange<UInt64> {
            counts.merge(run(seed).counts) { $0 + $1 }
        }
        let least = [
            "acknowledged": 300, "recovered": 20, "reset": 20, "presence": 200, "cut": 20,
            "diverged": 10, "replaced": 1, "counts": 5, "unavailable": 20,
        ]
        for (what, count) in least {
            #expect(counts[what, default: 0] >= count, "\(what): \(counts)")
        }
    }

    @Test(arguments: SharedModel.Fault.allCases)
    func `What goes wrong is seen`(_ fault: SharedModel.Fault) {
        let failures = (1...6 as ClosedRange<UInt64>).flatMap { run($0, fault).failures }
        #expect(!failures.isEmpty)
    }
}

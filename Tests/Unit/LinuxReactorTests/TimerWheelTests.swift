// The wheel against a dictionary of deadlines.
import LinuxReactor
import TestSupport
import Testing

@Suite struct TimerWheelTests {
    /// 2^26 ns.
    private static let tick: UInt64 = 1 << 26

    @Test(arguments: UInt64(1)...60)
    func `Fires each deadline once, never early and at most two ticks late`(seed: UInt64) {
        var random = Seeded(seed)
        var now = Instant(nanoseconds: UInt64.random(in: 0...1 << 40, using: &random))
        var wheel = TimerWheel(now: now)
        var deadlines: [UInt32: Instant] = [:]
        for _ in 0..<400 {
            let slot = UInt32.random(in: 0..<20, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                // From zero to several rounds of the wheel.
                let delay = UInt64.random(in: 0...200, using: &random) * 1_000_000_000
                let deadline = now.advanced(by: delay / UInt64.random(in: 1...1000, using: &random))
                wheel.schedule(slot, at: deadline)
                deadlines[slot] = deadline
            case 2:
                wheel.cancel(slot)
                deadlines[slot] = nil
            default:
                let step = [Self.tick / 3, 5 * Self.tick, 3000 * Self.tick]
                    .randomElement(using: &random)!
                now = now.advanced(by: step)
                var fired: Set<UInt32> = []
                while let slot = wheel.popExpired(at: now) {
                    #expect(fired.insert(slot).inserted)
                    let deadline = deadlines.removeValue(forKey: slot)
                    #expect(deadline.map { $0 <= now } == true, "early, or never set")
                }
                let late = deadlines.values.filter {
                    now.nanoseconds > $0.nanoseconds + 2 * Self.tick
                }
                #expect(late.isEmpty)
            }
            let count = wheel.count
            #expect(count == deadlines.count)
        }
    }

    @Test func `Says when to look again`() {
        var wheel = TimerWheel(now: Instant(nanoseconds: 0))
        #expect(wheel.nextDeadline() == nil)
        wheel.schedule(7, at: Instant(nanoseconds: 10_000_000_000))
        let next = wheel.nextDeadline()!
        #expect(next.nanoseconds >= 10_000_000_000)
        #expect(next.nanoseconds <= 10_000_000_000 + 2 * Self.tick)
        #expect(wheel.popExpired(at: next) == 7)
        #expect(wheel.nextDeadline() == nil)
    }

    @Test func `Waking at each next deadline serves a far one without spinning`() {
        var wheel = TimerWheel(now: Instant(nanoseconds: 0))
        wheel.schedule(1, at: Instant(nanoseconds: 300_000_000_000))
        var wakes = 0
        while let next = wheel.nextDeadline() {
            wakes += 1
            if wheel.popExpired(at: next) != nil { break }
        }
        // Once a round of 68 s.
        #expect(wakes <= 6)
    }
}

// How long turns take: what is counted to the longest.
import LinuxReactor
import Testing

@testable import WebSocketServer

@Suite struct TurnLengthTests {
    /// Takes a turn that begins at a time and lasts for others, all in microseconds.
    private func turn(
        _ lengths: inout TurnLengths, at begin: UInt64, lasting time: UInt64, cpu: inout UInt64,
        using work: UInt64
    ) {
        let now = Instant(nanoseconds: begin * 1000)
        if lengths.isCPUTimeOld(at: now) { lengths.noteCPU(cpu * 1000, at: now) }
        cpu += work
        lengths.record(time * 1000, work: 1, at: now)
        if time * 1000 >= TurnLengths.long { lengths.recordCPU(cpu * 1000, time * 1000) }
    }

    @Test func `A turn that had to wait for a processor is not charged with the work before it`() {
        var lengths = TurnLengths()
        var cpu: UInt64 = 0
        for index in 0..<1000 {
            turn(&lengths, at: 10_000 + UInt64(index) * 900, lasting: 900, cpu: &cpu, using: 900)
        }
        turn(&lengths, at: 910_000, lasting: 30_000, cpu: &cpu, using: 2_000)
        #expect(lengths.longest == .milliseconds(30))
        #expect(lengths.longestCPUTime >= .milliseconds(2))
        #expect(lengths.longestCPUTime <= .milliseconds(3))
    }

    @Test func `A turn that works for all its time has all of it`() {
        var lengths = TurnLengths()
        var cpu: UInt64 = 0
        turn(&lengths, at: 10_000, lasting: 500, cpu: &cpu, using: 500)
        turn(&lengths, at: 10_500, lasting: 25_000, cpu: &cpu, using: 25_000)
        #expect(lengths.longestCPUTime == .milliseconds(25))
    }
}

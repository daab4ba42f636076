// UNSAFE: passes clock_nanosleep(2) a local time.
import Foundation
import Glibc
import LinuxReactor

/// Wakes the loop of an open load when its messages are due. epoll_wait(2) counts in milliseconds,
/// and a message that goes out a millisecond late would be charged to the server.
enum Pacer {
    /// The least time between wake-ups: messages that are due in between go out together, at most
    /// this much late.
    private static let grain: UInt64 = 100_000

    /// Runs on a thread of its own until the load's time is over or the mailbox is closed.
    static func start(_ timing: Timing, rate: Double, _ mailbox: Mailbox<Order>) {
        Thread.detachNewThread {
            var schedule = Schedule(start: timing.begin, rate: rate)
            while true {
                let due = max(schedule.nextDue, Clock.now + grain / 2)
                guard due < timing.measureUntil else { return }
                sleep(until: due)
                guard mailbox.post(.tick) else { return }
                let next = Clock.now + grain / 2
                while schedule.take(by: next, before: timing.measureUntil) != nil {}
            }
        }
    }

    private static func sleep(until time: UInt64) {
        var time = timespec(
            tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}

// Timers: the handler is called about each that is due.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Calls the handler about timers that are due, as many as the turn allows.
    mutating func fireTimers(_ call: HandlerCall) {
        io.meter.beginPart(io.settings.limits.workPerTurn)
        while !io.isTurnSpent, let timer = io.timers.takeDue(at: io.clock.now) {
            io.charge(Work.mail)
            emit(.timer(timer.name), of: timer.owner, call)
        }
        awaitTimers()
    }

    /// Sees that the loop is awake for the next timer, and at once if some are left.
    mutating func awaitTimers() {
        if io.timers.hasDue { return ticker.wake(at: io.clock.now) }
        if let next = io.timers.nextDeadline { ticker.wake(at: next) }
    }
}

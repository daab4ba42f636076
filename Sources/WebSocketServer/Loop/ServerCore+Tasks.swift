// Tasks of connections: their outcomes go to the handler, each once, and reading resumes.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Calls the handler about tasks that have returned or were refused, as many as the turn
    /// allows, and sees that the loop is awake for the next deadline.
    mutating func finishTasks(_ call: HandlerCall) {
        io.meter.beginPart(io.settings.limits.workPerTurn)
        io.tasks.collectReturned()
        while !io.isTurnSpent, let ended = io.tasks.takeDue() { deliver(ended, call) }
        if io.tasks.hasDue { io.pendingCalls.insert(.tasks) }
        if let next = io.tasks.nextDeadline { ticker.wake(at: next) }
    }

    /// Cancels tasks that are late: ``Limits/taskCount`` at most.
    mutating func expireTasks(_ call: HandlerCall) {
        while let late = io.tasks.takeLate(at: io.clock.now) {
            io.telemetry.statistics.timedOutTaskCount += 1
            deliver(late, call)
        }
        if let next = io.tasks.nextDeadline { ticker.wake(at: next) }
    }

    /// The connection has ended: its tasks are cancelled, and its timers do not come.
    mutating func endWaiting(of slot: Slot, _ call: HandlerCall) {
        while let ended = io.tasks.takeEnded(of: slot) { deliver(ended, call) }
        io.timers.endAll(of: slot)
    }

    private mutating func deliver(_ ended: TaskTable.Ended, _ call: HandlerCall) {
        io.charge(Work.mail)
        io.tasks.ended = ended
        emit(.taskEnd, of: ended.id, call)
        guard let slot = io.connections.slot(of: ended.id), !io.tasks.isWaiting(slot) else {
            return
        }
        io.resumeReading(slot, .task)
    }
}

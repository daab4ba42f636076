// The thread of a loop: from its first turn to the end of its last task.
import LibC
import LinuxReactor
import Storage

extension Reactor {
    /// Runs a loop on a thread of its own, and returns when it and all of its tasks have ended.
    /// `stop` is called where the calling task is cancelled.
    func runLoop(
        _ name: String, stop: @escaping @Sendable () -> Void, _ run: @escaping @Sendable () -> Void
    ) async throws(SystemError) {
        let isStarted = await withTaskCancellationHandler {
            await withCheckedContinuation { end in
                let isStarted = WorkerThread.start(name) {
                    run()
                    self.loopEnded()
                    end.resume(returning: true)
                }
                if !isStarted {
                    self.loopEnded()
                    end.resume(returning: false)
                }
            }
        } onCancel: {
            stop()
        }
        guard isStarted else { throw SystemError(EAGAIN, "start a thread for the loop") }
        await tasksEnd()
    }
}

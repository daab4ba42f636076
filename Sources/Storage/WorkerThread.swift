// UNSAFE: starts threads with pthread_create(3), each of which owns one reference to its body.
import LibC

/// A thread that runs one function and ends with it.
package enum WorkerThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }

        func begin() {
            // As pthread_setname_np(3) does, which this C library's module does not have.
            let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                _ = unsafe write(file, name, name.utf8.count)
                close(file)
            }
            run()
        }
    }

    /// Starts a thread. Returns false if the system has no more. `name` has at most 15 bytes.
    ///
    /// It takes no signals, unless `run` unblocks some.
    package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) -> Bool {
        var (all, before) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(name, run))
        let status = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().begin()
                return nil
            }, unsafe body.toOpaque())
        guard status == 0 else {
            unsafe body.release()
            return false
        }
        return true
    }
}

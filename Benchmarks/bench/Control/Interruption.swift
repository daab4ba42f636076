// UNSAFE: gives sigaction(2) functions without context.
// Signals to bench itself: Ctrl-C, and the pipe of a generator that is gone.
import Glibc
import Synchronization

/// Ctrl-C came before there was anything to report.
struct Interrupted: Error {}

/// Ctrl-C: the first ends measuring, so that what was measured is reported; the next ends the
/// program at once.
enum Interruption {
    private static let requested = Atomic<Bool>(false)

    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// The exit status of a program that SIGINT has ended, by the convention of shells.
    static let status: Int32 = 128 + SIGINT

    /// Starts watching for Ctrl-C. A program that was started with SIGINT ignored, in the
    /// background of a script, goes on ignoring it.
    static func watch() {
        // Variables that a signal handler touches must be initialised before.
        guard !isRequested else { return }
        var old = sigaction()
        var action = sigaction()
        unsafe sigaction(SIGINT, nil, &old)
        guard !isIgnored(old) else { return }
        unsafe action.__sigaction_handler.sa_handler = { _ in
            Interruption.requested.store(true, ordering: .relaxed)
        }
        // The next signal has its usual effect.
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        unsafe sigaction(SIGINT, &action, nil)
    }

    /// A pipe whose reader is gone is an error of write(2), not the end of the program: a generator
    /// that crashed must not take the report of the others with it. SIGPIPE gets a handler that
    /// does nothing, since children inherit an ignored signal but no handler: signal(7).
    static func surviveBrokenPipes() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        action.sa_flags = SA_RESTART
        unsafe sigaction(SIGPIPE, &action, nil)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        // SIG_IGN is the number 1, not a function.
        unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

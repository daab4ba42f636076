// UNSAFE: lets sd_watchdog_enabled(3) write into a local variable.
import CSystemd

/// The service manager's watchdog for this process: WatchdogSec= of the unit.
public enum Watchdog {
    /// How long the manager waits for a keep-alive message (``Notifier/watchdog()``) before it
    /// restarts the service. Send one at least twice in this time. Nil if the manager expects none,
    /// or expects them from another process (WATCHDOG_PID).
    public static var interval: Duration? {
        var microseconds: UInt64 = 0
        guard unsafe csystemd_watchdog_enabled(&microseconds) > 0, microseconds > 0 else {
            return nil
        }
        return .microseconds(Int64(clamping: microseconds))
    }
}

// UNSAFE: lets sd_watchdog_enabled(3) write into a local.
import CLinux

/// What the service manager expects of this process: WatchdogSec= of the unit.
public enum Watchdog {
    /// How long the manager waits for a sign of life before it restarts the service; nil if it
    /// expects none, or expects it of another process (WATCHDOG_PID). Signs should come at least
    /// twice in this time.
    public static var interval: Duration? {
        var microseconds: UInt64 = 0
        guard unsafe clinux_watchdog_enabled(&microseconds) > 0, microseconds > 0 else {
            return nil
        }
        return .microseconds(Int64(clamping: microseconds))
    }
}

// A connection that is there and takes nothing.
import LinuxReactor

/// What a connection whose socket is full had taken, and when.
struct Stall: BitwiseCopyable {
    var acknowledgedByteCount: UInt64
    var since: Instant
}

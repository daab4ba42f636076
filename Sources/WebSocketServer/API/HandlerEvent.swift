// What the server calls its handler about.
import LinuxReactor

/// An event for the handler. Messages and requests wait in ``ServerContext``.
package enum HandlerEvent: BitwiseCopyable {
    case upgrade
    case requestHead
    case request
    case open
    case messages
    case drain
    case error(CloseCause)
    case close(CloseCause)
    case streamEnd(CloseCause)
    case start
    case tick
    case mail
    case work
    case refusal(Int)
    case signal(Signal)
    case stop
    case loopProbe
    case timer(TimerName)
    case taskEnd
    case fallingBehind(Topic)
    case saveConnection
    case recoverConnection
    case redisReplies
    case redisUp
    case redisDown
}

/// An event on its way to a callback of a refining protocol. Only the server makes and reads it.
public struct _HandlerEvent: BitwiseCopyable {
    let event: HandlerEvent
}

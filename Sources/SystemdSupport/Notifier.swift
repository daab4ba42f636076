// What a service tells its manager about itself: the protocol of sd_notify(3).
import Glibc
import LinuxReactor

/// The way to the service manager that started this process: systemd's NOTIFY_SOCKET.
///
/// It sends its own datagrams, since sd_notify(3) waits when the manager's queue is full, and a
/// server must not. What could not be sent is told in ``failure``, and nothing else comes of it: a
/// server that its manager does not hear goes on serving.
public struct Notifier: ~Copyable {
    private let socket: DatagramSocket?
    /// Why the manager could not be told, the last time that it could not; nil if all is well or
    /// nobody wants to be told.
    public private(set) var failure: SystemError?
    /// Whether somebody wants to be told: NOTIFY_SOCKET is set and can be used.
    public var isWanted: Bool { socket != nil }

    /// Looks for NOTIFY_SOCKET in the environment.
    public init() { self.init(path: Environment.value("NOTIFY_SOCKET")) }

    /// A notifier that sends to this socket; to nobody if it is nil or empty.
    public init(path: String?) {
        guard let path, !path.isEmpty else {
            socket = nil
            return
        }
        socket = DatagramSocket.open(path)
        if socket == nil { failure = SystemError(EINVAL, "use NOTIFY_SOCKET=\(path)") }
    }

    /// It serves: what waits for it may begin. Also the end of a reload.
    @discardableResult
    public mutating func ready(status: String) -> Bool { send("READY=1\nSTATUS=\(status)") }

    /// It reads its configuration again; ``ready(status:)`` ends this.
    @discardableResult
    public mutating func reloading() -> Bool {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        return send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// It is on its way to its end.
    @discardableResult
    public mutating func stopping(status: String) -> Bool { send("STOPPING=1\nSTATUS=\(status)") }

    /// A line for `systemctl status`.
    @discardableResult
    public mutating func status(_ text: String) -> Bool { send("STATUS=\(text)") }

    /// The loop turns: WatchdogSec= begins anew.
    @discardableResult
    public mutating func watchdog() -> Bool { send("WATCHDOG=1") }

    /// It needs so much more time for what it is doing, from now on: for a stop beyond
    /// TimeoutStopSec=.
    @discardableResult
    public mutating func extendTimeout(by duration: Duration) -> Bool {
        send("EXTEND_TIMEOUT_USEC=\(duration.wholeNanoseconds / 1000)")
    }

    /// True if it was sent, or nobody wants to hear it.
    private mutating func send(_ state: String) -> Bool {
        guard isWanted else { return true }
        let number = socket?.send(Array(state.utf8).span) ?? 0
        failure =
            number == 0
            ? nil
            : SystemError(number, "tell the service manager \(state.prefix { $0 != "\n" })")
        return number == 0
    }
}

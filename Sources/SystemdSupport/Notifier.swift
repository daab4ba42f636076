// Status messages from a service to its manager: the protocol of sd_notify(3).
import LibC
import LinuxReactor

/// Sends messages to the service manager that started this process: systemd's NOTIFY_SOCKET.
///
/// It sends its own datagrams, since sd_notify(3) waits if the manager's queue is full, and a
/// server must not wait. If a message could not be sent, ``failure`` says why; it has no other
/// effect, and the server continues to serve. All functions that send return whether the message
/// was sent; they also return true if there is no manager to notify.
public struct Notifier: ~Copyable {
    private let socket: DatagramSocket?
    /// Why the last message could not be sent; nil if it was sent or there is no manager to notify.
    public private(set) var failure: SystemError?
    /// Whether there is a manager to notify: NOTIFY_SOCKET is set and can be used.
    public var isWanted: Bool { socket != nil }

    /// A notifier for NOTIFY_SOCKET of the environment, if it is set.
    public init() { self.init(path: Environment.value("NOTIFY_SOCKET")) }

    /// A notifier that sends to this socket; it sends nothing if `path` is nil or empty.
    public init(path: String?) {
        guard let path, !path.isEmpty else {
            socket = nil
            return
        }
        socket = DatagramSocket.open(path)
        if socket == nil { failure = SystemError(EINVAL, "use NOTIFY_SOCKET=\(path)") }
    }

    /// The service is ready: units that wait for it may start. Also ends a reload.
    @discardableResult
    public mutating func ready(status: String) -> Bool {
        send("READY=1\nSTATUS=\(Self.value(status))")
    }

    /// The service reloads its configuration; ``ready(status:)`` ends the reload.
    @discardableResult
    public mutating func reloading() -> Bool {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        return send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service is stopping.
    @discardableResult
    public mutating func stopping(status: String) -> Bool {
        send("STOPPING=1\nSTATUS=\(Self.value(status))")
    }

    /// Sets the status line in `systemctl status`.
    @discardableResult
    public mutating func status(_ text: String) -> Bool { send("STATUS=\(Self.value(text))") }

    /// The service is alive: restarts the interval of WatchdogSec=.
    @discardableResult
    public mutating func watchdog() -> Bool { send("WATCHDOG=1") }

    /// The service needs this much time, from now on, for its current start, reload or stop: for
    /// example to stop later than TimeoutStopSec= allows.
    @discardableResult
    public mutating func extendTimeout(by duration: Duration) -> Bool {
        send("EXTEND_TIMEOUT_USEC=\(duration.wholeNanoseconds / 1000)")
    }

    /// The text as the value of an assignment: a line feed would begin another one, and systemd
    /// ignores whole messages above 4,096 bytes.
    private static func value(_ text: String) -> String {
        let line = TerminalText.line(text)
        guard line.utf8.count > valueByteLimit else { return line }
        var bytes = line.utf8.prefix(valueByteLimit)
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        return String(decoding: bytes.dropLast(), as: UTF8.self) + "…"
    }

    private static let valueByteLimit = 2000

    /// Sends a message. True if it was sent or there is no manager to notify.
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

// A system call that failed, with what was being done: the error a person gets to read.
import Glibc

/// A failed system call: `errno` and the operation, in words a person can act on.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of errno(3).
    public let number: Int32
    /// What was tried, as "listen on 127.0.0.1:8080".
    public let operation: String
    /// What to do about it, where that is known better than by the number alone.
    public let remedy: String?

    /// The failure of an operation, worded to follow "Cannot".
    public init(_ number: Int32, _ operation: String, remedy: String? = nil) {
        self.number = number
        self.operation = operation
        self.remedy = remedy
    }

    /// "Cannot listen on 127.0.0.1:80: Permission denied. …" with a hint where one is known.
    public var description: String {
        let hint = remedy ?? Self.hint(for: number)
        return "Cannot \(operation): \(Self.text(of: number))." + (hint.isEmpty ? "" : " " + hint)
    }

    /// The words of strerror(3): "Connection reset by peer".
    package static func text(of number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }

    private static func hint(for number: Int32) -> String {
        switch number {
        case EADDRINUSE:
            "Another program listens there: stop it, or choose another port with --port."
        case EACCES, EPERM:
            "Ports below 1024 need a privilege: choose a higher one, or let systemd open the socket."
        case EAFNOSUPPORT:
            """
            This process may have no such socket: there is no IPv6 here, or the unit forbids it \
            (RestrictAddressFamilies=): let systemd open it, in a socket unit.
            """
        case EADDRNOTAVAIL:
            "No network interface of this machine has that address."
        case EMFILE, ENFILE:
            "The limit on open files is reached: raise it (ulimit -n, or LimitNOFILE= in the unit)."
        default: ""
        }
    }
}

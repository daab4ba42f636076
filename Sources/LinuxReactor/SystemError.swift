// A failed system call with the operation that failed: an error for a person to read.
import LibC

/// A failed system call: errno and the operation, with a description that a person can act on.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of errno(3).
    public let number: Int32
    /// The operation that failed, such as "listen on 127.0.0.1:8080".
    public let operation: String
    /// What to do about it, if more is known than follows from the number; else nil.
    public let remedy: String?

    /// The failure of an operation, which is worded to follow "Cannot".
    public init(_ number: Int32, _ operation: String, remedy: String? = nil) {
        self.number = number
        self.operation = operation
        self.remedy = remedy
    }

    /// "Cannot listen on 127.0.0.1:80: Permission denied. …", with a hint if one is known.
    public var description: String {
        let hint = remedy ?? Self.hint(for: number)
        return "Cannot \(operation): \(Self.text(of: number))." + (hint.isEmpty ? "" : " " + hint)
    }

    /// The text of strerror(3): "Connection reset by peer".
    package static func text(of number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }

    private static func hint(for number: Int32) -> String {
        switch number {
        case EADDRINUSE:
            "Another program listens there: stop it, or choose another port."
        case EACCES, EPERM:
            "Ports below 1024 need a privilege: use a higher port, or let systemd open the socket."
        case EAFNOSUPPORT:
            """
            This process may not open such a socket: the machine has no IPv6, or the unit forbids \
            it (RestrictAddressFamilies=). Let systemd open it, in a socket unit.
            """
        case EADDRNOTAVAIL:
            "No network interface of this machine has that address."
        case EMFILE, ENFILE:
            "The limit on open files is reached: raise it (ulimit -n, or LimitNOFILE= in the unit)."
        default: ""
        }
    }
}

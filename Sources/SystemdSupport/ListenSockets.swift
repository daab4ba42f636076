// UNSAFE: owns the C strings that sd_listen_fds_with_names(3) allocates, and frees each once.
import CSystemd
import LibC
import LinuxReactor

/// Sockets that systemd has opened for this process (socket activation): sd_listen_fds(3).
public enum ListenSockets {
    /// A passed descriptor with its FileDescriptorName= ("unknown" if the unit has none).
    public struct Passed: Hashable, Sendable {
        /// The descriptor, 3 or higher.
        public let descriptor: FileDescriptor
        /// Its name in the unit.
        public let name: String
    }

    /// The first passed descriptor: SD_LISTEN_FDS_START.
    private static let first: Int32 = 3

    /// Takes all passed sockets; empty if the process was not started by socket activation. Call it
    /// once: it removes the environment variables, so that child processes do not use them too.
    /// Throws if the variables are set but not valid.
    public static func take() throws(SystemError) -> [Passed] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe csystemd_listen_fds(&names)
        if count < 0 { throw SystemError(-count, "take over the sockets of systemd") }
        guard count > 0, let names = unsafe names else { return [] }
        defer { unsafe free(names) }
        var passed: [Passed] = []
        for index in 0..<count {
            guard let name = unsafe names[Int(index)] else { break }
            passed.append(
                Passed(
                    descriptor: FileDescriptor(rawValue: first + index),
                    name: unsafe String(cString: name)))
            unsafe free(name)
        }
        return passed
    }
}

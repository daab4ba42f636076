// UNSAFE: takes over the C strings that sd_listen_fds_with_names(3) allocates, and frees each once.
import CLinux
import Glibc
import LinuxReactor

/// Sockets that systemd has opened for this process: socket activation, sd_listen_fds(3).
public enum ListenSockets {
    /// One passed descriptor, with its FileDescriptorName= ("unknown" if the unit gives none).
    public struct Passed: Hashable, Sendable {
        /// The descriptor, 3 or higher.
        public let descriptor: FileDescriptor
        /// What the unit calls it.
        public let name: String
    }

    /// The first descriptor that is passed: SD_LISTEN_FDS_START.
    private static let first: Int32 = 3

    /// Everything that was passed; empty if the process was not started by socket activation. It
    /// can be asked once: the environment variables are removed, so that no child takes them up.
    /// Throws if the variables are there and cannot be read.
    public static func take() throws(SystemError) -> [Passed] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe clinux_listen_fds(&names)
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

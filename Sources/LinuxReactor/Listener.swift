// A listening socket, and whether accepting is paused.

/// One listening socket. It is paused while nothing can be accepted: at EMFILE a level-triggered
/// listener that stays in epoll would make the loop spin.
public struct Listener: Sendable {
    /// The listening socket.
    public let descriptor: FileDescriptor
    /// Its actual address, even if port 0 was asked for.
    public let address: NetworkAddress
    /// Its name: FileDescriptorName= of systemd, or the name that the program gives it; else "".
    public var name: String
    /// The file of a local socket that this process made and removes when it stops; else nil.
    public let path: String?
    /// Whether no connections are accepted for now.
    public var isPaused = false

    /// A socket that already listens.
    public init(
        descriptor: FileDescriptor, address: NetworkAddress, name: String = "",
        path: String? = nil
    ) {
        self.descriptor = descriptor
        self.address = address
        self.name = name
        self.path = path
    }

    /// Closes the socket, and removes its file if there is one.
    public func close<K: Kernel & ~Copyable>(_ kernel: inout K) {
        if let path { kernel.removeSocketFile(path) }
        kernel.close(descriptor)
    }
}

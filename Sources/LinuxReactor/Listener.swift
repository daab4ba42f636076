// A listening socket and whether it is being listened to just now.

/// One listening socket. It is paused while nothing could be accepted, since a level-triggered
/// listener that is left in epoll at EMFILE turns the loop into a spin.
public struct Listener: Sendable {
    /// The listening socket.
    public let descriptor: FileDescriptor
    /// The address it really has, also when port 0 was asked for.
    public let address: NetworkAddress
    /// What it is called: FileDescriptorName= of systemd, or what the program says; or "".
    public let name: String
    /// The file of a local socket that this process made, and removes when it ends.
    public let path: String?
    /// Whether it is not being listened to for now.
    public var isPaused = false

    /// A socket that is listening already.
    public init(
        descriptor: FileDescriptor, address: NetworkAddress, name: String = "",
        path: String? = nil
    ) {
        self.descriptor = descriptor
        self.address = address
        self.name = name
        self.path = path
    }

    /// Stops listening for good, and removes the file if there is one.
    public func close<K: Kernel & ~Copyable>(_ kernel: inout K) {
        if let path { kernel.removeSocketFile(path) }
        kernel.close(descriptor)
    }
}

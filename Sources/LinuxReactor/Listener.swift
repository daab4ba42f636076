// A listening socket and whether it is being listened to just now.

/// One listening socket. It is paused while nothing could be accepted, since a level-triggered
/// listener that is left in epoll at EMFILE turns the loop into a spin.
public struct Listener: Sendable {
    /// The listening socket.
    public let descriptor: FileDescriptor
    /// The address it really has, also when port 0 was asked for.
    public let address: NetworkAddress
    /// The name that systemd gave it (FileDescriptorName=), or "".
    public let name: String
    /// Whether it is not being listened to for now.
    public var isPaused = false

    /// A socket that is listening already.
    public init(descriptor: FileDescriptor, address: NetworkAddress, name: String = "") {
        self.descriptor = descriptor
        self.address = address
        self.name = name
    }
}

// Copies of sockets that wait outside of the process, in case it is killed.

/// A connection's socket, and by which names the next process knows it.
package struct ParkedSocket: Hashable, Sendable, BitwiseCopyable {
    package let descriptor: FileDescriptor
    package let slot: UInt32
    package let resourceID: UInt64

    package init(_ descriptor: FileDescriptor, slot: UInt32, resourceID: UInt64) {
        self.descriptor = descriptor
        self.slot = slot
        self.resourceID = resourceID
    }
}

/// Where copies of sockets wait. A connection of which a copy is there ends only by
/// ``Kernel/endCopies(of:reset:)``.
package protocol SocketPark: AnyObject {
    /// Opens the park, beside the memory in which the connections are described. Throws if that
    /// cannot be.
    func begin(with memory: SharedMemory) throws(SystemError)

    /// Parks copies of sockets, in the order of the list, and returns of how many: the others found
    /// no place.
    func park(_ sockets: ArraySlice<ParkedSocket>) -> Int

    /// The connection in this slot has ended: its copy is of no use.
    func ended(slot: UInt32)

    /// Gives back what ended connections still take, as far as that is worth it, and returns the
    /// slots whose copies were lost: the place did not keep them. Called about once a second.
    func tidy() -> [UInt32]

    /// Gives up all copies. The connections go on here, or somewhere else. Waits at most this long
    /// until nobody has the copies any more.
    func close(waitingFor limit: Duration)
}

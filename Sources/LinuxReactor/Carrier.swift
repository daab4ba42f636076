// UNSAFE: sends and receives arrays, each with its own length, and writes into local variables.
// A pair of sockets in which descriptors wait for another process: unix(7), SCM_RIGHTS.
import CLinux
import LibC

/// A pair of sockets. Copies of descriptors are sent into the inner end, and wait until somebody
/// receives them from the outer one, even if the inner one is closed meanwhile. As long as somebody
/// keeps the outer end, all of them are open.
package final class Carrier {
    private let inner: Int32
    /// -1 once it is closed.
    private var outer: Int32 = -1

    /// An empty one.
    package init() throws(SystemError) {
        var ends: (inner: Int32, outer: Int32) = (-1, -1)
        guard unsafe clinux_carrier(&ends.inner, &ends.outer) == 0 else {
            throw SystemError(errno, "make a socket for descriptors")
        }
        (inner, outer) = ends
    }

    deinit {
        closeOuterEnd()
        _ = Glibc.close(inner)
    }

    /// The end to keep: another process may receive from it.
    package var outerEnd: FileDescriptor { FileDescriptor(rawValue: outer) }

    /// Closes this process's copy of the outer end.
    package func closeOuterEnd() {
        if outer >= 0 { _ = Glibc.close(outer) }
        outer = -1
    }

    /// Whether nobody has the outer end, so that all is lost that was sent; or nobody has it any
    /// more before this time is over, for which it waits.
    package func isLost(within limit: Duration = .zero) -> Bool {
        let milliseconds = limit.wholeNanoseconds / 1_000_000
        return clinux_await_hang_up(inner, Int32(clamping: milliseconds)) != 0
    }

    /// The most descriptors of one message.
    package static var messageLimit: Int { Int(CLINUX_MESSAGE_DESCRIPTORS) }

    /// Sends copies of at most ``messageLimit`` descriptors. Returns 0 or errno: EAGAIN if there is
    /// no room for more, EPIPE if nobody has the outer end, ETOOMANYREFS if more descriptors are on
    /// the way than the user may have open.
    package func send(_ bytes: [UInt8], with descriptors: ArraySlice<FileDescriptor>) -> Int32 {
        let socket = FileDescriptor(rawValue: inner)
        return unsafe Self.send(bytes, with: descriptors, over: socket, to: nil, 0)
    }

    /// The same over any socket of AF_UNIX, to an address or to where it is connected.
    package static func send(
        _ bytes: [UInt8], with descriptors: ArraySlice<FileDescriptor>,
        over socket: FileDescriptor, to address: UnsafePointer<sockaddr>?,
        _ addressByteCount: socklen_t
    ) -> Int32 {
        let numbers = descriptors.map(\.rawValue)
        return unsafe clinux_send_descriptors(
            socket.rawValue, address, addressByteCount, bytes, bytes.count, numbers, numbers.count)
    }

    /// A message that has waited in an outer end.
    package struct Message: Sendable {
        package let bytes: [UInt8]
        /// They belong to the receiver, and execve(2) closes them.
        package let descriptors: [FileDescriptor]
        /// Whether it was longer, or had more descriptors than this process may have open.
        package let isCut: Bool

        package init(bytes: [UInt8], descriptors: [FileDescriptor], isCut: Bool = false) {
            self.bytes = bytes
            self.descriptors = descriptors
            self.isCut = isCut
        }
    }

    /// The next message of an outer end; nil if there is none, or if it is another kind of file.
    package static func receive(from end: FileDescriptor) -> Message? {
        // The names of as many connections are the longest message.
        var bytes = [UInt8](repeating: 0, count: 4096)
        var numbers = [Int32](repeating: -1, count: messageLimit)
        var (count, isCut) = (0, Int32(0))
        let byteCount = unsafe clinux_receive_descriptors(
            end.rawValue, &bytes, bytes.count, &numbers, &count, &isCut)
        // Nothing at all is the end: the inner end is closed.
        guard byteCount > 0 || count > 0 else { return nil }
        return Message(
            bytes: Array(bytes.prefix(byteCount)),
            descriptors: numbers.prefix(count).map { FileDescriptor(rawValue: $0) },
            isCut: isCut != 0)
    }

    /// Ends a connection and closes the descriptor: the peer sees the end of the stream although
    /// copies of the descriptor may be open elsewhere.
    package static func end(_ socket: FileDescriptor) {
        _ = shutdown(socket.rawValue, Int32(SHUT_RDWR))
        _ = Glibc.close(socket.rawValue)
    }

    /// Ends the connections that wait in outer ends, and closes these.
    package static func endAll(in ends: [FileDescriptor]) {
        for end in ends {
            while let message = receive(from: end) {
                for socket in message.descriptors { Self.end(socket) }
            }
        }
        close(ends)
    }

    /// Closes descriptors of whatever kind; their connections may go on elsewhere.
    package static func close(_ descriptors: [FileDescriptor]) {
        for descriptor in descriptors { _ = Glibc.close(descriptor.rawValue) }
    }
}

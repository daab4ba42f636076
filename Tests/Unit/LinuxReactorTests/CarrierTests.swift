// Descriptors that wait in a socket for another process.
import Glibc
import LinuxReactor
import Testing

@Suite struct CarrierTests {
    private func eventDescriptor() throws -> FileDescriptor {
        var kernel = LinuxKernel()
        return try kernel.makeWakeup()
    }

    private func isSame(_ one: FileDescriptor, _ other: FileDescriptor) -> Bool {
        LinuxKernel.wake(one)
        var count: UInt64 = 0
        return read(other.rawValue, &count, 8) == 8
    }

    @Test func `What is sent waits, also when the sender has gone`() throws {
        let sockets = [try eventDescriptor(), try eventDescriptor()]
        defer { Carrier.close(sockets) }
        var carrier: Carrier? = try Carrier()
        let end = FileDescriptor(rawValue: dup(carrier!.outerEnd.rawValue))
        defer { Carrier.close([end]) }
        #expect(carrier!.send([1, 2], with: sockets[...]) == 0)
        #expect(carrier!.send([3], with: []) == 0)
        #expect(carrier!.isLost() == false)
        carrier = nil
        let first = try #require(Carrier.receive(from: end))
        defer { Carrier.close(first.descriptors) }
        #expect(first.bytes == [1, 2] && !first.isCut)
        #expect(isSame(sockets[0], first.descriptors[0]))
        #expect(isSame(sockets[1], first.descriptors[1]))
        #expect(fcntl(first.descriptors[0].rawValue, F_GETFD) == FD_CLOEXEC)
        #expect(Carrier.receive(from: end)?.bytes == [3])
        #expect(Carrier.receive(from: end) == nil)
    }

    @Test func `A carrier whose end nobody has is lost`() throws {
        let carrier = try Carrier()
        #expect(carrier.send([1], with: [carrier.outerEnd]) == 0)
        carrier.closeOuterEnd()
        // The end is in its own message: nobody can ever receive it.
        #expect(Carrier.receive(from: carrier.outerEnd) == nil)
        let other = try Carrier()
        other.closeOuterEnd()
        #expect(other.isLost() && other.isLost(within: .seconds(600)))
        #expect(other.send([1], with: []) == EPIPE)
    }

    @Test func `A carrier is full at some time, and has room for thousands`() throws {
        let socket = try eventDescriptor()
        defer { Carrier.close([socket]) }
        let carrier = try Carrier()
        let message = [FileDescriptor](repeating: socket, count: Carrier.messageLimit)
        var (sent, failure) = (0, Int32(0))
        while failure == 0, sent < 100 {
            failure = carrier.send([1], with: message[...])
            if failure == 0 { sent += 1 }
        }
        // Where few descriptors may be on the way, it says that.
        #expect(sent == 100 || [EAGAIN, ETOOMANYREFS].contains(failure), "\(failure)")
        #expect(carrier.send([1], with: message + [socket]) == EINVAL)
    }

    @Test func `Connections that nobody goes on with end for their peers`() throws {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { Carrier.close(ends.map { FileDescriptor(rawValue: $0) }) }
        let carrier = try Carrier()
        #expect(carrier.send([1], with: [FileDescriptor(rawValue: ends[0])]) == 0)
        Carrier.endAll(in: [FileDescriptor(rawValue: dup(carrier.outerEnd.rawValue))])
        // The other copy of the descriptor is still open.
        var byte: UInt8 = 0
        #expect(recv(ends[1], &byte, 1, Int32(MSG_DONTWAIT)) == 0)
    }

    @Test func `Another kind of file has no message`() throws {
        let file = try SealedFile.make([[1]])
        #expect(Carrier.receive(from: file.descriptor) == nil)
    }
}

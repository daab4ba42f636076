// The file in which one program leaves everything to the next: a head that is checked before
// anything else is believed, and then what the process has.
import LinuxReactor
import Storage
import WebSocketCore

/// What a program leaves to the program that takes its place in the same process.
struct ProcessState {
    /// For the log.
    var programVersion: String
    /// CLOCK_MONOTONIC when the last turn had ended.
    var leftAt: Instant
    /// The signals that were blocked when the server was made: bit n - 1 stands for signal n.
    var signalMask: UInt64
    /// The epoll instance, in which the connections are watched for reading; nil if another process
    /// goes on.
    var poll: FileDescriptor?
    /// With the files of local sockets, which the next program removes when it stops.
    var listeners: [Listener]
    var handOver: HandOver

    /// All descriptors that the next program goes on with.
    var descriptors: [FileDescriptor] { listeners.map(\.descriptor) + handOver.descriptors }
}

/// The form of the file: 24 bytes (``magic``, the form's number, the length of the content and its
/// CRC-32), and the content.
enum StateFile {
    static let magic: [UInt8] = Array("roost HO".utf8)
    /// Decides how the content is read. ``HandOverForm`` is that of the server's own part.
    static let version: UInt32 = 2
    static let headByteCount = 24

    /// The file's parts.
    static func parts(_ state: ProcessState) -> [[UInt8]] {
        var writer = StateWriter()
        state.write(to: &writer)
        let content = writer.finish()
        var head = StateWriter()
        for byte in magic { head.write(byte) }
        head.write(version)
        head.write(UInt64(content.count))
        head.write(Checksum.crc32(content[...]))
        return [head.finish(), content]
    }

    /// Reads the file; throws a sentence if it is damaged, or was written in another form.
    static func read(_ bytes: [UInt8]) throws(StateError) -> ProcessState {
        var reader = StateReader(bytes)
        guard bytes.count >= headByteCount else {
            throw StateError("the file has \(bytes.count) bytes, and its head alone has 24")
        }
        guard bytes[try reader.readRange(byteCount: magic.count)].elementsEqual(magic) else {
            throw StateError("the file does not begin as a hand-over does")
        }
        let version = try reader.read(UInt32.self)
        guard version == self.version else {
            throw StateError(
                "the file has form \(version), and this program reads form \(self.version)")
        }
        let count = try reader.read(UInt64.self)
        guard count == reader.unreadByteCount - 4 else {
            throw StateError(
                "the file should have \(count) bytes behind its head, and has "
                    + "\(reader.unreadByteCount - 4)")
        }
        guard try reader.read(UInt32.self) == Checksum.crc32(bytes[headByteCount...]) else {
            throw StateError("the file's checksum is wrong")
        }
        let state = try ProcessState(from: &reader)
        guard reader.isAtEnd else { throw StateError("the file is longer than it should be") }
        return state
    }
}

extension ProcessState {
    fileprivate func write(to writer: inout StateWriter) {
        writer.writeRecord { writer in
            writer.write(programVersion)
            writer.write(leftAt.nanoseconds)
            writer.write(signalMask)
            writer.write(poll?.rawValue ?? -1)
        }
        writer.write(UInt32(listeners.count))
        for listener in listeners {
            writer.writeRecord { writer in
                writer.write(listener.descriptor.rawValue)
                writer.write(listener.name)
                writer.write(listener.path ?? "")
            }
        }
        writer.write(UInt32(handOver.descriptors.count))
        for descriptor in handOver.descriptors { writer.write(descriptor.rawValue) }
        writer.write(handOver.state.span)
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let process = try reader.enterRecord()
        programVersion = try reader.readString()
        leftAt = Instant(nanoseconds: try reader.read())
        signalMask = try reader.read()
        let number = try reader.read(Int32.self)
        poll = number == -1 ? nil : FileDescriptor(rawValue: number)
        try reader.leaveRecord(process)
        listeners = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            let descriptor = FileDescriptor(rawValue: try reader.read())
            let name = try reader.readString()
            let path = try reader.readString()
            try reader.leaveRecord(outerEnd)
            listeners.append(
                Listener(
                    descriptor: descriptor, address: .unknown, name: name,
                    path: path.isEmpty ? nil : path))
        }
        var sockets: [FileDescriptor] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            sockets.append(FileDescriptor(rawValue: try reader.read()))
        }
        handOver = HandOver(state: Array(try reader.readBytes()), descriptors: sockets)
        var seen: Set<Int32> = []
        for descriptor in descriptors + [poll].compactMap(\.self) {
            // 0 to 2 are the standard streams.
            guard descriptor.rawValue > 2, seen.insert(descriptor.rawValue).inserted else {
                throw StateError("descriptor \(descriptor.rawValue) cannot be a socket")
            }
        }
    }
}

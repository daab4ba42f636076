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

    /// The file before it is one: what stands before the state, and the state where it lies.
    struct Parts {
        let head: [UInt8]
        let handOver: HandOver
        let content: Content

        /// Writes it.
        func file() throws(SystemError) -> SealedFile {
            try handOver.withState { state throws(SystemError) in
                try SealedFile.make([head], state)
            }
        }
    }

    /// How much is behind the head, and its checksum.
    struct Content: Equatable {
        let byteCount: Int
        let checksum: UInt32
    }

    static func parts(_ state: ProcessState) -> Parts {
        var writer = StateWriter()
        state.write(to: &writer)
        let process = writer.finish()
        let content = state.handOver.withState { rest in
            Content(
                byteCount: process.count + rest.count,
                checksum: Checksum.crc32(rest, after: Checksum.crc32(process.span)))
        }
        var head = StateWriter()
        for byte in magic { head.write(byte) }
        head.write(version)
        head.write(UInt64(content.byteCount))
        head.write(content.checksum)
        return Parts(head: head.finish() + process, handOver: state.handOver, content: content)
    }

    /// The content of a file that was read.
    static func content(of bytes: [UInt8]) -> Content {
        let content = bytes.span.extracting(headByteCount...)
        return Content(byteCount: content.count, checksum: Checksum.crc32(content))
    }

    /// Reads the file; throws a sentence if it is damaged, or was written in another form. The
    /// state shares the memory of `bytes`.
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
        guard
            try reader.read(UInt32.self) == Checksum.crc32(bytes.span.extracting(headByteCount...))
        else {
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
        // The state itself is another part.
        writer.write(UInt64(handOver.byteCount))
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
        let range = try reader.readBytes().indices
        handOver = HandOver(bytes: reader.bytes, range: range, descriptors: sockets)
        try Self.check(descriptors + [poll].compactMap(\.self))
    }

    /// Sixteen million: a damaged number must not make a table of gigabytes.
    private static var descriptorBound: Int32 { 1 << 24 }

    /// Throws unless all are different, and may be sockets.
    private static func check(_ descriptors: [FileDescriptor]) throws(StateError) {
        let highest = descriptors.max { $0.rawValue < $1.rawValue }?.rawValue ?? 0
        // By number: a set would take a tenth of a microsecond for each.
        var isSeen = [Bool](repeating: false, count: Int(max(0, min(highest, descriptorBound))) + 1)
        for descriptor in descriptors {
            // 0 to 2 are the standard streams.
            guard (3...descriptorBound).contains(descriptor.rawValue),
                !isSeen[Int(descriptor.rawValue)]
            else { throw StateError("descriptor \(descriptor.rawValue) cannot be a socket") }
            isSeen[Int(descriptor.rawValue)] = true
        }
    }
}

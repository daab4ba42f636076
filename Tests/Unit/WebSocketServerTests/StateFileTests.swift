// The file in which one program leaves everything to the next, and what is said of a damaged one.
import LinuxReactor
import Storage
import Testing
import WebSocketCore

@testable import WebSocketServer

@Suite struct StateFileTests {
    private static let state = ProcessState(
        programVersion: "1.2.3", leftAt: Instant(nanoseconds: 77), signalMask: 1 << 14,
        poll: FileDescriptor(rawValue: 6),
        listeners: [
            Listener(
                descriptor: FileDescriptor(rawValue: 5), address: .unknown, name: "control",
                path: "/run/it"),
            Listener(descriptor: FileDescriptor(rawValue: 4), address: .unknown),
        ],
        handOver: HandOver(
            state: Array(1...200), descriptors: [9, 7, 8].map { FileDescriptor(rawValue: $0) }))

    private static let file = whole(StateFile.parts(state))

    private static func whole(_ parts: StateFile.Parts) -> [UInt8] {
        parts.head + parts.handOver.state
    }

    @Test func `What was written is read`() throws {
        let read = try StateFile.read(Self.file)
        #expect(read.programVersion == "1.2.3")
        #expect(read.leftAt == Instant(nanoseconds: 77))
        #expect(read.signalMask == 1 << 14)
        #expect(read.poll?.rawValue == 6)
        #expect(read.listeners.map(\.name) == ["control", ""])
        #expect(read.listeners.map(\.path) == ["/run/it", nil])
        #expect(read.descriptors.map(\.rawValue) == [5, 4, 9, 7, 8])
        #expect(Array(read.handOver.state) == Array(1...200))
    }

    /// The head with right numbers for another content.
    private static func file(with content: [UInt8]) -> [UInt8] {
        var head = StateWriter()
        for byte in StateFile.magic { head.write(byte) }
        head.write(StateFile.version)
        head.write(UInt64(content.count))
        head.write(Checksum.crc32(content.span))
        return head.finish() + content
    }

    private static func damaged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var file = file
        change(&file)
        return file
    }

    private static func sentence(_ file: [UInt8]) -> String {
        do throws(StateError) {
            _ = try StateFile.read(file)
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `Each damage has its sentence`() {
        let content = Array(Self.file[24...])
        // A file on the left, what is said of it on the right.
        let table: [([UInt8], String)] = [
            ([], "the file has 0 bytes, and its head alone has 24"),
            (Array(Self.file.prefix(23)), "the file has 23 bytes, and its head alone has 24"),
            (Self.damaged { $0[0] ^= 1 }, "the file does not begin as a hand-over does"),
            (Self.damaged { $0[8] = 9 }, "the file has form 9, and this program reads form 2"),
            (
                Self.damaged { $0[12] ^= 1 },
                "the file should have \(content.count ^ 1) bytes behind its head, "
                    + "and has \(content.count)"
            ),
            (
                Self.damaged { $0[19] = 0x80 },
                "the file should have \(UInt64(content.count) | 1 << 63) bytes behind its head, "
                    + "and has \(content.count)"
            ),
            (
                Self.damaged { $0.append(0) },
                "the file should have \(content.count) bytes behind its head, "
                    + "and has \(content.count + 1)"
            ),
            (Self.damaged { $0[20] ^= 1 }, "the file's checksum is wrong"),
            (Self.damaged { $0[$0.count - 1] ^= 1 }, "the file's checksum is wrong"),
            // The head is right, and the content is not.
            (Self.file(with: []), "the state ends too early"),
            (Self.file(with: content + [0]), "the file is longer than it should be"),
            (Self.file(with: Array(content.dropLast())), "the state ends too early"),
            (Self.file(with: Array(content.prefix(9))), "a record ends too early"),
        ]
        for (file, sentence) in table { #expect(Self.sentence(file) == sentence) }
    }

    /// What is said of the last descriptor.
    @Test(
        arguments: [
            [2], [-1], [.min], [9, 5], [9, 6], [9, 7, 9], [1 << 24 + 1], [.max], [7, .max],
        ] as [[Int32]])
    func `No descriptor is there twice, is a standard stream, or is impossible`(numbers: [Int32]) {
        var state = Self.state
        state.handOver.descriptors = numbers.map { FileDescriptor(rawValue: $0) }
        #expect(
            Self.sentence(Self.whole(StateFile.parts(state)))
                == "descriptor \(numbers.last ?? 0) cannot be a socket")
    }

    @Test func `The checksum of the parts is that of the whole, and a state can be wiped`() throws {
        let parts = StateFile.parts(Self.state)
        #expect(parts.content == StateFile.content(of: Self.file))
        #expect(parts.content.checksum == Checksum.crc32(Array(Self.file[24...]).span))
        var read = try StateFile.read(Self.file)
        // It lies in the file's bytes, and is written again as it is.
        #expect(Self.whole(StateFile.parts(read)) == Self.file)
        #expect(try StateFile.parts(read).file().read() == Self.file)
        read.handOver.wipeState()
        #expect(read.handOver.state.isEmpty && read.descriptors.count == 5)
        read.handOver = HandOver(state: [], descriptors: [])
        let empty = try StateFile.read(Self.whole(StateFile.parts(read)))
        #expect(empty.handOver.state.isEmpty)
    }

    @Test func `A flipped bit is never believed`() {
        for position in Self.file.indices {
            let file = Self.damaged { $0[position] ^= UInt8(1) << UInt8(position % 8) }
            #expect(Self.sentence(file) != "none")
        }
    }

    // MARK: The variable

    @Test(arguments: [true, false])
    func `A purpose is read from its variable`(isCheck: Bool) {
        let file = FileDescriptor(rawValue: 17)
        let wanted: HandOverVariable.Purpose = isCheck ? .check(file) : .takeOver(file)
        let value = wanted.variable.split(separator: "=")[1]
        #expect(HandOverVariable.Purpose(String(value)) == wanted)
    }

    @Test(arguments: ["", "check", "check:", "check:2", "take:x", "take:3:4", "other:3"])
    func `Another value is no purpose`(value: String) {
        #expect(HandOverVariable.Purpose(value) == nil)
    }

    // MARK: The verdict

    @Test func `Only the right answer of a program that ends well is a yes`() {
        let answer = StateCheck.answer(.init(byteCount: 9, checksum: 1))
        func verdict(_ end: ProgramEnd, _ words: String) -> String {
            switch StateCheck.verdict(end, words, answer: answer, within: .seconds(3)) {
            case .success: "yes"
            case .failure(let failure): failure.description
            }
        }
        #expect(verdict(.exited(0), answer) == "yes")
        #expect(verdict(.exited(0), "warning: old\n" + answer) == "yes")
        let unchecked = ReexecFailure.unchecked(status: 0).description
        #expect(verdict(.exited(0), "") == unchecked)
        #expect(verdict(.exited(0), "Can take over 9 bytes.\n") == unchecked)
        let other = StateCheck.answer(.init(byteCount: 8, checksum: 1))
        #expect(verdict(.exited(0), other) == unchecked)
        #expect(
            verdict(.exited(1), "no\ncertificate\n") == "The new program refuses: no certificate")
        #expect(verdict(.exited(3), "") == ReexecFailure.unchecked(status: 3).description)
        #expect(
            verdict(.killed(Signal(rawValue: 11)), answer)
                == "The new program was ended by signal 11 while it checked.")
        #expect(
            verdict(.late, answer) == "The new program has not answered within 3.0 seconds.")
    }
}

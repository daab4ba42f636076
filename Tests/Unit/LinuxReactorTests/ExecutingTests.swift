// Sealed files, and programs that are started to check them.
import Glibc
import LinuxReactor
import Testing

@Suite struct ExecutingTests {
    private let file: SealedFile

    init() throws { file = try SealedFile.make([Array("one ".utf8), [], Array("two".utf8)]) }

    @Test func `A sealed file has its parts, and cannot be changed`() throws {
        #expect(try file.read() == Array("one two".utf8))
        let number = file.descriptor.rawValue
        #expect(write(number, "x", 1) == -1 && errno == EPERM)
        #expect(ftruncate(number, 1) == -1 && errno == EPERM)
        #expect(ftruncate(number, 100) == -1 && errno == EPERM)
        #expect(try SealedFile.make([]).read() == [])
        #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
    }

    @Test func `A file that could be changed is not read`() throws {
        let number = open("/dev/null", O_RDONLY)
        #expect {
            try SealedFile(adopting: FileDescriptor(rawValue: number)).read()
        } throws: {
            "\($0)".hasSuffix("It is no sealed file.")
        }
    }

    private func check(
        _ script: String, within limit: Duration = .seconds(60)
    ) throws -> (ProgramEnd, String) {
        let program = ProgramStart(
            path: "/bin/sh", arguments: ["sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": "/x", "MARK": "old"])
        let check = try ProgramCheck(program, variable: "MARK=new", file: file.descriptor)
        return (check.end(within: limit), check.lastWords())
    }

    @Test func `A check reads the file, and its words are kept`() throws {
        let (end, words) = try check("cat <&3 >&2; echo lost; exit 7")
        #expect(end == .exited(7))
        #expect(words == "one two")
    }

    @Test func `It has one variable more, and nothing of the service`() throws {
        let (_, words) = try check(#"echo "$MARK $NOTIFY_SOCKET." >&2"#)
        #expect(words == "new .\n")
    }

    @Test func `It has no other descriptor, and no signal is blocked`() throws {
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let (_, words) = try check(
            "ls /proc/self/fd >&2; exec grep SigBlk /proc/self/status >&2")
        // The last descriptor is that of the folder.
        #expect(words == "0\n1\n2\n3\n4\nSigBlk:\t0000000000000000\n")
    }

    @Test func `A signal that ends it is named`() throws {
        #expect(try check("kill -SEGV $$").0 == .killed(Signal(rawValue: SIGSEGV)))
    }

    @Test func `A program that takes too long is killed`() throws {
        let (end, words) = try check("echo $$ >&2; exec sleep 1000", within: .milliseconds(300))
        #expect(end == .late)
        let number = try #require(Int32(words.dropLast()))
        #expect(kill(number, 0) == -1 && errno == ESRCH)
    }

    @Test func `It can be killed before its time`() throws {
        let program = ProgramStart(
            path: "/bin/sleep", arguments: ["sleep", "1000"], environment: nil)
        let check = try ProgramCheck(program, variable: "A=b", file: file.descriptor)
        check.kill()
        #expect(check.end(within: .seconds(60)) == .killed(Signal(rawValue: SIGKILL)))
        check.kill()
    }

    @Test(arguments: [("/no/such/file", ENOENT), ("/etc/passwd", EACCES), ("/", EACCES)])
    func `A program that cannot be run`(path: String, number: Int32) {
        let program = ProgramStart(path: path, arguments: ["x"], environment: nil)
        #expect {
            try ProgramCheck(program, variable: "A=b", file: file.descriptor)
        } throws: {
            ($0 as? SystemError)?.number == number
        }
        #expect(program.replaceProcess(variable: "A=b").number == number)
    }

    @Test func `Descriptors are closed with the program, whatever their numbers`() throws {
        let numbers = (0..<9).map { _ in dup(1) }
        defer { for number in numbers { close(number) } }
        let chosen = [0, 1, 2, 4, 7, 8].map { FileDescriptor(rawValue: numbers[$0]) }
        try LinuxKernel.closeOnExec(chosen.reversed())
        try LinuxKernel.closeOnExec([])
        #expect(numbers.map { fcntl($0, F_GETFD) } == [1, 1, 1, 0, 1, 0, 0, 1, 1])
    }

    @Test func `Only the last words are kept of many`() throws {
        let (_, words) = try check("seq 1 100000 >&2")
        #expect(words.utf8.count == 4096 && words.hasSuffix("\n99999\n100000\n"))
    }
}

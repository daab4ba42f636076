// What others send, on a person's terminal: a pseudoterminal of the test's.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct TerminalTests {
    /// A new pseudoterminal, and the path of the program's end of it: pts(4), ioctl_tty(2).
    private func terminal() throws -> (master: Int32, path: String) {
        let (unlock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number): (Int32, Int32) = (0, 0)
        try #require(master >= 0)
        try #require(ioctl(master, unlock, &locked) == 0)
        try #require(ioctl(master, getNumber, &number) == 0)
        return (master, "/dev/pts/\(number)")
    }

    /// Runs a client that writes to this descriptor, and returns what arrives at `reader` until it
    /// ends with `end`. The client's input stays open until then: its end closes the connection.
    private func output(
        _ command: [String], input: String, to writer: Int32, from reader: Int32, until end: String
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle(fileDescriptor: writer, closeOnDealloc: false)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        var text = ""
        while !text.hasSuffix(end) {
            var ready = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 20_000) == 1 else { break }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(reader, &buffer, buffer.count)
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        try pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        return text
    }

    @Test func `talk shows a server's control characters, and a pipe gets them as they are`() throws
    {
        let run = try Run(command("echo-server", port: "0") + ["--verbatim"])
        let talk = [BuildProducts.path("talk"), try #require(run.address())]
        let evil = "\u{1B}]0;owned\u{07}\u{1B}[2J a \u{9B}6n \u{202E}b"
        let (master, path) = try terminal()
        let slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(slave >= 0)
        defer { for descriptor in [master, slave] { close(descriptor) } }
        #expect(
            try output(talk, input: evil + "\nplain\n", to: slave, from: master, until: "plain\r\n")
                == "<U+001B>]0;owned<U+0007><U+001B>[2J a <U+009B>6n <U+202E>b\r\nplain\r\n")
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for descriptor in ends { close(descriptor) } }
        #expect(
            try output(
                talk, input: "\u{FEFF}\(evil)\r\nplain\n", to: ends[1], from: ends[0],
                until: "plain\n") == "\(evil)\nplain\n", "without the mark that an editor left")
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: ["roost", "echo-server", "broadcast-server", "talk", "bench"])
    func `Every program has a version`(program: String) throws {
        let end = try Run([BuildProducts.path(program), "--version"]).end()
        #expect(end.status == 0 && end.errors == "")
        #expect(end.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil, "\(end.output)")
    }
}

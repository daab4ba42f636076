// Commands as they are written, argument by argument.
import Storage
import Testing
import WireKit

@testable import RedisClient

@Suite struct CommandWriterTests {
    private func text(_ buffer: borrowing ByteBuffer) -> String {
        let bytes = buffer.span
        return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }

    @Test func `Arguments of each kind`() {
        let key: [UInt8] = [0x61, 0x0D, 0x0A, 0x62]
        var output = ByteBuffer()
        output.appendCommand(argumentCount: 5) {
            $0.append("SET")
            $0.append(key.span)
            $0.append(utf8: "grün")
            $0.append(-10)
            $0.append(Span())
        }
        #expect(
            text(output)
                == "*5\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$5\r\ngrün\r\n$3\r\n-10\r\n$0\r\n\r\n")
    }

    @Test(arguments: [0, 9, 10, -1, -9, -10, 99, 100, Int.max, Int.min])
    func `Numbers have the length that is written before them`(number: Int) {
        var output = ByteBuffer()
        output.appendCommand(argumentCount: 1) { $0.append(number) }
        let written = text(output)
        #expect(written == "*1\r\n$\("\(number)".utf8.count)\r\n\(number)\r\n")
    }

    @Test func `Commands stand one behind the other, and behind what was there`() {
        var output = ByteBuffer()
        output.append("before ")
        output.appendCommand(["PING"])
        output.appendCommand(["GET", "a"])
        let written = text(output)
        #expect(written == "before *1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n")
    }

    /// A command is an array of bulk strings, so that our own scanner must understand it.
    @Test(arguments: 0..<20)
    func `A scanner reads what was written`(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let arguments = (0..<Int.random(in: 1...9, using: &random)).map { _ in
            random.bytes(Int.random(in: 0...40, using: &random))
        }
        var output = ByteBuffer()
        output.appendCommand(argumentCount: arguments.count) {
            for argument in arguments { $0.append(argument.span) }
        }
        var scanner = ReplyScanner()
        let isWhole = try scanner.scan(output.span) == output.count
        #expect(isWhole)
        let read = PlainReply(RedisReply(output.span))
        #expect(read == .values(0x2A, arguments.map { .body(0x24, $0) }))
    }

    @Test func `A wrong number of arguments ends the process`() async {
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            output.appendCommand(argumentCount: 2) { $0.append("PING") }
        }
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            output.appendCommand(argumentCount: 1) {
                $0.append("GET")
                $0.append("a")
            }
        }
    }
}

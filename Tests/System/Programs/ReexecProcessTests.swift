// What a process keeps when another program takes over in it: signals, descriptors, memory.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct ReexecProcessTests: ReexecSuite {
    private func status(_ run: Run, _ name: String) throws -> String {
        let text = try String(
            contentsOfFile: "/proc/\(run.process.processIdentifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return String(try #require(line).dropFirst(name.count + 1))
            .trimmingCharacters(in: .whitespaces)
    }

    @Test(arguments: [[], ["--thread"]])
    func `No signal is lost, ends the process, or stays blocked`(flags: [String]) throws {
        let (run, port) = try start(flags)
        let client = try open(port)
        for number in 1...150 {
            kill(run.process.processIdentifier, SIGUSR1)
            #expect(ask("go on", client) == "\(number): go on")
        }
        kill(run.process.processIdentifier, SIGTERM)
        #expect(client.frame()?.payload.starts(with: [0x03, 0xE9]) == true)
        client.sendFrame(8, [0x03, 0xE9])
        #expect(run.end().status == 0)
        let (other, otherPort) = try start(flags)
        let asker = try open(otherPort)
        let blocked = try status(other, "SigBlk")
        asker.sendText("run again")
        wait(for: 1, asker)
        #expect(try status(other, "SigBlk") == blocked)
        let pending = UInt64(try status(other, "ShdPnd"), radix: 16)
        #expect(pending.map { $0 & (1 << UInt64(SIGUSR1 - 1) | 1 << UInt64(SIGTERM - 1)) } == 0)
        #expect(other.stop(SIGTERM) == 0)
    }

    @Test func `Twenty programs later no descriptor and no memory is lost`() throws {
        let (run, port) = try start()
        let clients = try (0..<50).map { _ in try open(port) }
        func descriptors() throws -> Int {
            let folder = "/proc/\(run.process.processIdentifier)/fd"
            return try FileManager.default.contentsOfDirectory(atPath: folder).count
        }
        func memory() throws -> Int {
            try #require(Int(status(run, "VmRSS").split(separator: " ")[0]))
        }
        var (first, firstMemory) = (0, 0)
        for generation in 1...20 {
            clients[generation].sendText("run again")
            wait(for: generation, clients[0])
            if generation == 2 { (first, firstMemory) = (try descriptors(), try memory()) }
        }
        #expect(try descriptors() == first)
        let memory = try memory()
        #expect(memory < firstMemory + 4096, "\(firstMemory) KiB, and \(memory) KiB later")
        #expect(run.stop(SIGTERM) == 0)
    }
}

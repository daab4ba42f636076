// A program that takes over has the descriptors of the last one, and no others; its local sockets'
// files go with the last program.
import Foundation
import Glibc
import TestSupport
import Testing

extension ReexecTests {
    /// What kinds of files the process has open, and how many of each.
    private func files(_ run: Run) throws -> [String: Int] {
        let folder = "/proc/\(run.process.processIdentifier)/fd"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        // "socket:[4711]": the number is another each time.
        return Dictionary(
            names.map { ($0.filter { !$0.isNumber }, 1) }, uniquingKeysWith: +)
    }

    @Test func `No descriptor is left over`() throws {
        let (run, port) = try start()
        let client = try open(port)
        #expect(ask("hello", client) == "1: hello")
        let before = try files(run)
        #expect(before.keys.contains { $0.contains("eventpoll") })
        for generation in 1...2 {
            client.sendText("run again")
            wait(for: generation, client)
        }
        #expect(try files(run) == before)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A local socket goes on, and its file goes with the last program`() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("reexec-\(UUID().uuidString)").path
        let (run, port) = try start("--local", path)
        let (client, before) = (try open(port), try #require(Client(path: path)))
        #expect(before.upgrade() != nil)
        client.sendText("run again")
        wait(for: 1, client)
        #expect(ask("old", before) == "1: old")
        let after = try #require(Client(path: path))
        #expect(after.upgrade() != nil)
        #expect(ask("new", after) == "2: new")
        #expect(run.stop(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}

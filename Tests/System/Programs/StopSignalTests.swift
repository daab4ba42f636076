// Signals to whole programs: with threads from before the server, several servers, and what
// programs inherit and pass on.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct StopSignalTests {
    /// A program with servers, and a client of each.
    private func start(
        _ count: Int, under words: [String] = []
    ) throws -> (run: Run, clients: [Client]) {
        let run = try Run(words + [BuildProducts.path("TestServer"), "signals", "\(count)"])
        let said = try #require(run.output(until: { $0.contains("\(count) in all\n") }))
        let clients = said.split(separator: "\n").filter { $0.hasPrefix("Listening on ") }
            .map { Client(port: port(of: String($0))) }
        #expect(clients.count == count)
        for client in clients {
            #expect(client.upgrade()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        }
        return (run, clients)
    }

    private func expectClose(_ clients: [Client]) {
        for client in clients {
            let close = client.frame()
            #expect(close?.opcode == 8)
            #expect(close?.payload.starts(with: [0x03, 0xE9]) == true)
            client.sendFrame(8, [0x03, 0xE9])
            #expect(client.rest() == [])
        }
    }

    @Test(arguments: [1, 2, 5], [SIGTERM, SIGINT])
    func `One signal stops all servers of an async program in order`(
        count: Int, signal: Int32
    ) throws {
        let (run, clients) = try start(count)
        kill(run.process.processIdentifier, signal)
        expectClose(clients)
        let end = run.end()
        #expect(end.status == 0)
        #expect(end.output.hasSuffix("all have ended\n"))
    }

    @Test func `A cancelled task stops its server in order`() throws {
        let run = try Run([BuildProducts.path("TestServer"), "cancel"])
        let client = Client(port: port(of: try #require(run.address())))
        #expect(client.upgrade() != nil)
        client.sendText("cancel")
        #expect(client.text() == "cancel")
        expectClose([client])
        let end = run.end()
        #expect(end.status == 0 && end.output.hasSuffix("all have ended\n"), "\(end)")
    }

    /// As a parent with signals blocked starts it.
    @Test func `A program that was started with the signal blocked is stopped by it`() throws {
        let (run, clients) = try start(2, under: ["--block-signal=TERM"])
        kill(run.process.processIdentifier, SIGTERM)
        expectClose(clients)
        #expect(run.end().status == 0)
    }

    /// As in the background of a shell, where Ctrl-C is for the program in front.
    @Test func `A program that was started with SIGINT ignored goes on ignoring it`() throws {
        let (run, clients) = try start(2, under: ["--ignore-signal=INT"])
        kill(run.process.processIdentifier, SIGINT)
        for client in clients {
            client.sendText("still here")
            #expect(client.text() == "still here")
        }
        kill(run.process.processIdentifier, SIGTERM)
        expectClose(clients)
        #expect(run.end().status == 0)
    }

    @Test func `A program that a server starts finds no signal blocked or ignored`() throws {
        let end = try Run([BuildProducts.path("TestServer"), "child"]).end()
        #expect(end.status == 0)
        let masks = end.output.split(separator: "\n").map { line in
            UInt64(line.split(separator: "\t")[1], radix: 16)!
        }
        #expect(masks.count == 3)
        let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGPIPE]
        let bits = signals.reduce(UInt64(0)) { $0 | 1 << UInt64($1 - 1) }
        #expect(masks.map { $0 & bits } == [0, 0, 0], "\(end.output)")
    }
}

// Tasks on Swift's own threads, in a program of their own.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct TaskProgramTests {
    private func start(_ count: Int) throws -> (run: Run, clients: [Client]) {
        let run = try Run([BuildProducts.path("TestServer"), "tasks"])
        let address = port(of: try #require(run.address()))
        let clients = (0..<count).map { _ in Client(port: address) }
        for client in clients { #expect(client.upgrade() != nil) }
        return (run, clients)
    }

    @Test func `Answers from many threads come in the order of each client's questions`() throws {
        let (run, clients) = try start(20)
        for number in 0..<200 {
            for client in clients { client.sendText("\(number)") }
        }
        for client in clients {
            let answers = (0..<200).map { _ in client.text() }
            #expect(answers == (0..<200).map { "answer to \($0)" })
        }
        clients[0].sendText("late")
        #expect(clients[0].text() == "too late, after 4000")
        clients[0].sendText("1")
        #expect(clients[0].text() == "answer to 1")
        clients[1].sendText("fail")
        let close = try #require(clients[1].frame())
        #expect(close.opcode == 8 && close.payload.starts(with: [0x03, 0xF3]))
        kill(run.process.processIdentifier, SIGTERM)
        for client in clients.dropFirst(2) + [clients[0]] {
            #expect(client.frame()?.opcode == 8)
            client.sendFrame(8, [0x03, 0xE9])
        }
        clients[1].sendFrame(8, [0x03, 0xF3])
        let end = run.end()
        #expect(end.status == 0 && end.output.hasSuffix("the end\n"), "\(end)")
    }

    @Test
    func `A client that goes cancels its task, and so does a stop, which does not wait for it`()
        throws
    {
        let (run, clients) = try start(2)
        for client in clients { client.sendText("never") }
        clients[1].sendText("not read meanwhile")
        clients[0].reset()
        #expect(run.output(until: { $0.hasSuffix("cancelled\n") }) != nil)
        kill(run.process.processIdentifier, SIGTERM)
        #expect(clients[1].frame()?.opcode == 8)
        clients[1].sendFrame(8, [0x03, 0xE9])
        let end = run.end()
        #expect(end.status == 0 && end.output.contains("the end\n"), "\(end)")
    }
}

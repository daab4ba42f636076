// Servers that other threads stop, and several in one process. Tasks that are cancelled have a
// program of their own: StopSignalTests.
import Foundation
import Logging
import TestSupport
import Testing
import WebSocketServer

@Suite struct StopTests {
    private var configuration: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.limits.closeDeadline = .milliseconds(200)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return configuration
    }

    private func makeServer() throws -> Server<SiteHandler> {
        try Server(SiteHandler(), configuration)
    }

    /// A client that is in.
    private func enter(_ server: Server<SiteHandler>) -> Client {
        let client = Client(port: server.addresses[0].port)
        #expect(client.upgrade() != nil)
        #expect(client.text()?.hasPrefix("welcome") == true)
        return client
    }

    private func hears(_ client: Client, _ code: UInt16) -> Bool {
        let close = client.frame()
        client.sendFrame(8, [UInt8(code >> 8), UInt8(code & 255)])
        return close?.opcode == 8
            && close?.payload.prefix(2).elementsEqual([UInt8(code >> 8), UInt8(code & 255)]) == true
    }

    @Test(arguments: [false, true])
    func `Another thread stops it, for good or for a restart`(_ isRestart: Bool) throws {
        let server = try makeServer()
        let run = BackgroundRun(server)
        let client = enter(server)
        Thread { server.stop(restarting: isRestart) }.start()
        #expect(hears(client, isRestart ? 1012 : 1001))
        #expect(run.ends())
        // There is nothing to stop any more.
        server.stop()
        #expect(!server.mailbox.post(.stop))
    }

    @Test func `A stop before the run ends it at once`() throws {
        let server = try makeServer()
        server.stop()
        #expect(BackgroundRun(server).ends())
    }

    @Test func `The shorter of two graces counts, and the first call says why`() throws {
        let server = try makeServer()
        let run = BackgroundRun(server)
        let client = enter(server)
        server.stop(grace: .seconds(3600), restarting: true)
        server.stop(grace: .zero)
        #expect(hears(client, 1012))
        #expect(run.ends())
    }

    @Test func `Several servers run in one process, and each stops by itself`() throws {
        let servers = try (0..<3).map { _ in try makeServer() }
        let runs = servers.map { BackgroundRun($0) }
        let clients = servers.map(enter)
        for number in [1, 0, 2] {
            servers[number].stop()
            #expect(hears(clients[number], 1001))
            #expect(runs[number].ends())
            guard number != 2 else { continue }
            clients[2].sendText("still here")
            #expect(clients[2].text() == "still here")
        }
    }

    /// What the handler shares with its thread needs no lock.
    @Test func `A handler that shares something is served on the calling thread`() {
        final class Shared { var count = 0 }
        struct Counter: OperationsHandler {
            let shared: Shared
            mutating func onStart(_ io: inout ServerContext) {
                shared.count += 1
                io.stop(grace: .zero)
            }
            mutating func onMessage(
                _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
            ) {}
        }
        let shared = Shared()
        var listeners: [Listener] = []
        serve(Counter(shared: shared), configuration) { listeners = $0 }
        #expect(shared.count == 1 && listeners.count == 1)
        #expect(listeners[0].address.port > 0)
    }
}

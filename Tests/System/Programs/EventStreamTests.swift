// A room's event stream, as programs that know nothing of Roost read it.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct EventStreamProgramTests {
    /// Waits until the server counts this many readers.
    private func wait(for count: Int, at roost: OperatedRoost) {
        while !roost.ask("GET /status").contains("\"event_streams\":\(count),") {}
    }

    private func say(_ text: String, at roost: OperatedRoost) throws {
        #expect(try roost.shell("publish", "lobby", text).end().status == 0)
    }

    private func address(_ roost: OperatedRoost) -> String {
        "http://127.0.0.1:\(roost.port)/rooms/lobby/events"
    }

    @Test(
        .enabled(if: Tools.has("curl"), "there is no curl here"), .timeLimit(.minutes(1)),
        arguments: [(SIGTERM, 0), (SIGKILL, 18)] as [(Int32, Int32)])
    func `curl prints events as they come, and sees where a stream is cut off`(
        signal: Int32, status: Int32
    ) throws {
        let roost = try OperatedRoost()
        try say("before", at: roost)
        let curl = try Run(["curl", "-sSN", address(roost)])
        #expect(curl.output { $0.contains("\"text\":\"before\"") && $0.hasSuffix("\n\n") } != nil)
        try say("after", at: roost)
        let more = try #require(curl.output { $0.hasSuffix("\n\n") })
        #expect(more.hasPrefix("id: 2-") && more.contains("\ndata: {\"type\":\"message\""))
        _ = roost.run.stop(signal)
        #expect(curl.end().status == status)
    }

    @Test(.timeLimit(.minutes(1)))
    func `Python's http.client reads the lines of a stream`() throws {
        let roost = try OperatedRoost()
        let program = """
            import http.client, sys
            connection = http.client.HTTPConnection("127.0.0.1", \(roost.port))
            connection.request("GET", "/rooms/lobby/events")
            response = connection.getresponse()
            print(response.status, response.headers["Content-Type"], flush=True)
            for line in response:
                print(line.decode().rstrip(), flush=True)
            """
        let python = try Run(["python3", "-c", program])
        #expect(python.output { $0.contains("200 text/event-stream\n") } != nil)
        for text in ["one", "two"] {
            try say(text, at: roost)
            #expect(python.output { $0.contains("\"text\":\"\(text)\"") } != nil)
        }
        #expect(roost.run.stop(SIGTERM) == 0 && python.end().status == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `A reader that has gone is no longer counted`() throws {
        let roost = try OperatedRoost()
        let reader = Client(port: roost.port)
        reader.send("GET /rooms/lobby/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait(for: 1, at: roost)
        let kept = Client(port: roost.port)
        kept.send("GET /rooms/lobby/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait(for: 2, at: roost)
        reader.close()
        wait(for: 1, at: roost)
        #expect(roost.run.stop(SIGTERM) == 0)
    }
}

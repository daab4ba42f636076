// What the tests of programs that take over have in common: a program that does what clients say.
import Foundation
import TestSupport
import Testing

/// Tests with `TestServer reexec`, whose clients say what it does.
protocol ReexecSuite {}

extension ReexecSuite {
    static var program: String { BuildProducts.path("TestServer") }

    func start(_ flags: String...) throws -> (run: Run, port: UInt16) {
        try start(flags)
    }

    func start(_ flags: [String]) throws -> (run: Run, port: UInt16) {
        let run = try Run([Self.program, "reexec"] + flags)
        return (run, port(of: try #require(run.address())))
    }

    func open(_ port: UInt16) throws -> Client {
        let client = Client(port: port)
        #expect(client.upgrade()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        return client
    }

    func ask(_ text: String, _ client: Client) -> String? {
        client.sendText(text)
        return client.text()
    }

    /// Asks until this many programs have taken over. Each question is answered in one turn.
    func wait(for generation: Int, _ client: Client) {
        let end = ContinuousClock.now + .seconds(60)
        var answer: String?
        while ContinuousClock.now < end {
            answer = ask("generation", client)
            if answer == "generation \(generation)" || answer == nil { break }
        }
        #expect(answer == "generation \(generation)")
    }
}

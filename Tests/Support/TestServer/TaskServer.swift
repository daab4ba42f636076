// A server whose answers come from async functions on Swift's threads.
import Foundation
import WebSocketServer

private actor Oracle {
    private var count = 0

    func answer(_ question: String) async throws -> String {
        count += 1
        if Int(question).map({ $0 % 7 == 0 }) == true {
            try await Task.sleep(for: .milliseconds(1))
        }
        return "answer to \(question)"
    }

    func neverAnswer() async throws -> String {
        do {
            try await Task.sleep(for: .seconds(3600))
            return "never"
        } catch {
            print("cancelled")
            fflush(nil)
            throw error
        }
    }
}

/// Answers each message: "late" with "too late" after a deadline of 50 ms, "never" not at all.
struct TaskServer: WebSocketHandler {
    private let oracle = Oracle()
    private var answerCount = 0

    static func run() throws {
        var configuration = ServerConfiguration()
        configuration.stopSignals = [.terminate]
        configuration.limits.taskDeadline = .seconds(3600)
        let server = try Server(TaskServer(), configuration)
        print("Listening on ws://\(server.addresses[0])")
        fflush(nil)
        server.run()
        print("the end")
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let question = message.text
        let deadline = question == "late" ? Duration.milliseconds(50) : nil
        startTask(for: id, within: deadline, &io) { [oracle] in
            if question == "late" || question == "never" { return try await oracle.neverAnswer() }
            if question == "fail" { throw CocoaError(.fileNoSuchFile) }
            return try await oracle.answer(question)
        } then: { server, answer, io in
            server.answerCount += 1
            io.send(answer, to: id)
        } otherwise: { server, failure, io in
            guard case .timedOut = failure else { throw failure }
            io.send("too late, after \(server.answerCount)", to: id)
        }
    }
}

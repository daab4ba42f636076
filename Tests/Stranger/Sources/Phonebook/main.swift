// Answers from a slow database: each client gets its own in order, and nobody waits for others.
import WebSocketServer

actor Database {
    private let numbers = ["Ada": 1815, "Grace": 1906]

    func number(of name: String) async throws -> Int? {
        try await Task.sleep(for: name == "Ada" ? .seconds(2) : .milliseconds(1))
        return numbers[name]
    }
}

struct Phonebook: WebSocketHandler {
    let database = Database()
    var answerCount = 0

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let name = message.text
        startTask(for: id, &io) { [database] in
            try await database.number(of: name)
        } then: { phonebook, number, io in
            phonebook.answerCount += 1
            let number = number.map(String.init) ?? "not listed"
            io.send("Answer \(phonebook.answerCount): \(name) is \(number)", to: id)
        }
    }
}

let port = UInt16(CommandLine.arguments.last!) ?? 8080
serve(Phonebook(), ServerConfiguration(port: port))

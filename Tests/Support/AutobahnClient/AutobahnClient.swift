// The client that the Autobahn test suite's fuzzing server examines: it asks how many cases there
// are, goes through them one by one, echoing whatever comes, and asks for the report.
import WebSocketServer

/// Goes through the cases, one connection after the other.
struct Examinee: OperationsHandler {
    let url: WebSocketURL
    let agent: String
    /// Nil until the server has sent it.
    var caseCount: Int?
    var nextCase = 1
    var isReporting = false

    mutating func onStart(_ io: inout ServerContext) { connect("/getCaseCount", &io) }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if caseCount == nil {
            caseCount = Int(message.text)
        } else {
            io.send(message, to: id)
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        guard let caseCount else {
            return fail("The server did not send the number of cases", cause)
        }
        if isReporting { return io.stop() }
        // Each case ends its connection in its own way, which the server judges.
        if nextCase <= caseCount {
            connect("/runCase?case=\(nextCase)&agent=\(agent)", &io)
            nextCase += 1
        } else {
            isReporting = true
            connect("/updateReports?agent=\(agent)", &io)
        }
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        if case .notConnected = error { fail("case \(nextCase - 1)", error) }
        if case .handshake = error { fail("case \(nextCase - 1)", error) }
    }

    private func connect(_ target: String, _ io: inout ServerContext) {
        var request = ConnectRequest(
            WebSocketURL(host: url.host, port: url.port, target: target))
        request.compression = DeflateOffer()
        io.connect(request)
    }

    private func fail(_ what: String, _ why: some CustomStringConvertible) {
        fatalError("\(what): \(why)")
    }
}

@main
enum AutobahnClient {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            print("usage: autobahn-client URL AGENT")
            return
        }
        var configuration = ClientConfiguration()
        configuration.limits = .benchmark
        let examinee = Examinee(
            url: try WebSocketURL(CommandLine.arguments[1]), agent: CommandLine.arguments[2])
        try WebSocketClient(examinee, configuration).run()
    }
}

// A generator process: one epoll loop that follows its coordinator's orders.
import Foundation
import LinuxReactor
import Logging
import WebSocketServer

/// `bench worker`, which only `bench` itself starts: the plan is the first line of standard input,
/// orders are the lines after it, and notices are the lines of standard output.
enum Worker {
    static func run() throws {
        guard let line = readLine(strippingNewline: true) else { return }
        let plan = try JSONDecoder().decode(LoadPlan.self, from: Data(line.utf8))
        switch plan.kind {
        case .echo: try run(EchoLoad.self, plan)
        case .rooms: try run(RoomLoad.self, plan)
        case .idle: try run(IdleLoad.self, plan)
        case .churn: try run(ChurnLoad.self, plan)
        case .resume: try run(ResumeLoad.self, plan)
        case .reach: try run(ReachLoad.self, plan)
        case .polling: try runPolling(plan)
        }
    }

    private static func run<L: Load>(_ load: L.Type, _ plan: LoadPlan) throws {
        let handler = try LoadHandler<L>(plan, say: say)
        let client = try WebSocketClient(handler, configuration(for: plan))
        deliverOrders(to: client.mailbox, rate: plan.rate)
        client.run()
    }

    private static func runPolling(_ plan: LoadPlan) throws {
        var loop = try PollingLoop.make(plan, say: say)
        deliverOrders(to: loop.mailbox, rate: nil)
        loop.run()
    }

    /// Reads orders. It blocks on standard input, so it has a thread of its own. The end of input
    /// means that the coordinator is gone.
    private static func deliverOrders(to mailbox: Mailbox<Order>, rate: Double?) {
        Thread.detachNewThread {
            while let line = readLine(strippingNewline: true) {
                guard let order = try? JSONDecoder().decode(Order.self, from: Data(line.utf8))
                else { continue }
                mailbox.post(order)
                if case .start(let timing) = order, let rate {
                    Pacer.start(timing, rate: rate, mailbox)
                }
            }
            mailbox.post(.stop)
        }
    }

    private static func configuration(for plan: LoadPlan) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.limits = .benchmark
        // The load decides what is sent; pings are up to the server.
        configuration.limits.pingInterval = .seconds(3600)
        configuration.limits.ownOutputByteCount = .max
        configuration.limits.closeDeadline = .seconds(2)
        configuration.tickInterval = .milliseconds(5)
        configuration.logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        return configuration
    }

    private static func say(_ notice: Notice) {
        // Numbers and strings always encode.
        guard var data = try? JSONEncoder().encode(notice) else { return }
        data.append(UInt8(ascii: "\n"))
        FileHandle.standardOutput.write(data)
    }
}

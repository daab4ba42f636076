// Readers of a room who ask over HTTP: a loop of its own, since nothing of it is a WebSocket.
import Foundation
import LinuxReactor
import WebSocketServer

/// One generator of readers that poll. It keeps the order of ``LoadHandler``: open → ready → warm up
/// → measure → drain → report.
struct PollingLoop: ~Copyable {
    private enum Phase { case waiting, opening, ready, running, draining, over }

    /// One reader and its connection.
    private struct Reader {
        var socket = FileDescriptor.none
        var isConnected = false
        var exchange = HTTPExchange()
        /// A request is on its way, or waits for its answer.
        var isAsking = false
        var isReady = false
        /// What it has read up to; nil before its first answer.
        var offset: Int?
        var nextAsk: UInt64 = 0
    }

    private let plan: LoadPlan
    private let polling: LoadPlan.Polling
    private let url: WebSocketURL
    private let address: NetworkAddress
    private let room: String
    private let say: (Notice) -> Void
    private var kernel: LinuxKernel
    private var poller: Poller
    private let wakeup: FileDescriptor
    private let buffer = ReceiveBuffer()
    private var readers: [Reader]
    private var tally: Tally
    private var phase = Phase.waiting
    private var timing: Timing?
    private var nextToOpen = 0
    private var readyCount = 0
    private var nextProgress: UInt64 = 0
    private var drainUntil: UInt64 = 0
    /// Where orders are posted.
    let mailbox: Mailbox<Order>
    private static let wakeupToken = UInt64.max

    /// Makes everything that can fail, and then the loop.
    static func make(_ plan: LoadPlan, say: @escaping (Notice) -> Void) throws -> PollingLoop {
        let url = try WebSocketURL(plan.url)
        guard let address = NetworkAddress(numeric: url.host, port: url.port) else {
            throw ServerProcess.Failure(
                description: "bench polling needs the server's address, not the name \(url.host).")
        }
        var kernel = LinuxKernel()
        _ = kernel.raiseDescriptorLimit()
        let wakeup = try kernel.makeWakeup()
        let poller = try Poller(&kernel)
        try poller.watch(wakeup, for: .readable, token: wakeupToken, &kernel)
        return PollingLoop(
            plan, url: url, address: address, kernel: kernel, poller: poller, wakeup: wakeup,
            say: say)
    }

    private init(
        _ plan: LoadPlan, url: WebSocketURL, address: NetworkAddress,
        kernel: consuming LinuxKernel, poller: consuming Poller, wakeup: FileDescriptor,
        say: @escaping (Notice) -> Void
    ) {
        guard let polling = plan.polling else { preconditionFailure("a plan without polling") }
        self.plan = plan
        self.polling = polling
        self.url = url
        self.address = address
        self.kernel = kernel
        self.poller = poller
        self.wakeup = wakeup
        self.say = say
        room = "bench-\(plan.run)-0"
        mailbox = Mailbox(descriptor: wakeup, wake: LinuxKernel.wake)
        readers = Array(repeating: Reader(), count: plan.connectionCount)
        tally = Tally(intervals: plan.intervalCount)
    }

    // MARK: The loop

    mutating func run() {
        while phase != .over {
            // Fine enough for askers who come every few seconds, and for long polls no matter.
            poller.wait(timeout: 5_000_000, &kernel)
            while let (token, readiness) = poller.takeEvent() {
                if token == Self.wakeupToken {
                    kernel.clearWakeup(wakeup)
                    for order in mailbox.takeAll() { obey(order) }
                } else {
                    serve(Int(token), readiness)
                }
            }
            tick(Clock.now)
        }
    }

    private mutating func obey(_ order: Order) {
        switch order {
        case .open:
            phase = .opening
            openMore()
        case .start(let timing):
            self.timing = timing
            phase = .running
            spreadAsks(timing)
        case .tick: break
        case .stop: if phase != .over { end() }
        }
    }

    private mutating func tick(_ now: UInt64) {
        if phase == .running, let timing, now >= timing.measureUntil {
            phase = .draining
            drainUntil = now + UInt64(plan.drainSeconds * 1e9)
        }
        if phase == .running || phase == .draining {
            for index in readers.indices
            where !readers[index].isAsking && readers[index].nextAsk <= now {
                ask(index, now)
            }
        }
        if phase != .waiting, now >= nextProgress {
            nextProgress = now + 100_000_000
            say(.progress(progress))
        }
        if phase == .draining, now >= drainUntil { end() }
    }

    private var progress: Progress {
        // What is awaited is known by who talks: there it is counted as sent, here as received.
        Progress(
            ready: readyCount, counted: tally.counted,
            failures: tally.failures.values.reduce(0, +), awaited: -tally.deliveries)
    }

    private mutating func end() {
        phase = .over
        say(.result(tally))
    }

    // MARK: Connections

    private mutating func openMore() {
        while nextToOpen < readers.count,
            nextToOpen - readyCount < plan.connectingAtOnce
        {
            connect(nextToOpen)
            nextToOpen += 1
        }
    }

    private mutating func connect(_ index: Int) {
        let source =
            plan.sources.isEmpty
            ? nil : NetworkAddress(numeric: plan.sources[index % plan.sources.count], port: 0)
        readers[index].isConnected = false
        readers[index].exchange = HTTPExchange()
        switch kernel.connect(to: .network(address), from: source) {
        case .failed(let number): failed(index, "\(SystemError(number, "connect"))")
        case .begun(let socket):
            readers[index].socket = socket
            do {
                try poller.watch(socket, for: .writable, token: UInt64(index), &kernel)
            } catch {
                failed(index, "\(error)")
            }
        }
    }

    private mutating func serve(_ index: Int, _ readiness: Readiness) {
        guard readers[index].socket != .none else { return }
        if !readers[index].isConnected {
            let number = kernel.takeError(of: readers[index].socket)
            guard number == 0 else { return failed(index, "\(SystemError(number, "connect"))") }
            readers[index].isConnected = true
            poller.change(readers[index].socket, to: .readable, token: UInt64(index), &kernel)
            tally.opened += 1
            return ask(index, Clock.now)
        }
        receive(index)
    }

    private mutating func receive(_ index: Int) {
        let buffer = buffer
        let socket = readers[index].socket
        var room = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        let outcome = kernel.receive(from: socket, into: &room)
        switch outcome {
        case .wouldBlock: return
        case .endOfStream:
            // Between two requests the server may end a connection that was kept alive.
            if readers[index].isAsking {
                failed(index, "connections lost while asking")
            } else {
                close(index)
            }
        case .failed(let number):
            failed(index, "connections lost: \(SystemError(number, "receive"))")
        case .received(let count):
            if isMeasuring(Clock.now) { tally.wireReceived += count }
            // A local of its own for the time: the buffer is lent meanwhile.
            var exchange = readers[index].exchange
            do throws(HTTPExchange.Malformed) {
                let answer = try exchange.take(
                    buffer.span.extracting(0..<count), run: plan.run)
                readers[index].exchange = exchange
                if let answer { take(answer, index, Clock.now) }
            } catch {
                failed(index, "answers that are no HTTP")
            }
        }
    }

    private mutating func close(_ index: Int) {
        if readers[index].socket != .none { kernel.close(readers[index].socket) }
        readers[index].socket = .none
        readers[index].isConnected = false
        readers[index].isAsking = false
    }

    private mutating func failed(_ index: Int, _ kind: String) {
        tally.fail(kind)
        close(index)
        // Tried again a second later, and before the start not at all.
        readers[index].nextAsk = Clock.now + 1_000_000_000
        settle(index)
    }

    // MARK: Asking

    private func isMeasuring(_ now: UInt64) -> Bool { timing?.isMeasured(now) ?? false }

    /// Those who ask every so often do not all ask in the same instant.
    private mutating func spreadAsks(_ timing: Timing) {
        for index in readers.indices {
            guard case .every(let seconds) = polling else { continue }
            let share = Double(index) / Double(max(1, readers.count))
            readers[index].nextAsk = timing.begin + UInt64(seconds * share * 1e9)
        }
    }

    private mutating func ask(_ index: Int, _ now: UInt64) {
        readers[index].isAsking = true
        guard readers[index].socket != .none else { return connect(index) }
        guard readers[index].isConnected else { return }
        var seconds: Double?
        if case .waiting(let longest) = polling { seconds = longest }
        let request = HTTPExchange.request(
            room: room, host: url.authority, after: readers[index].offset, waiting: seconds)
        switch kernel.send(request.span, to: readers[index].socket) {
        case .sent(request.count):
            tally.sent += 1
            if isMeasuring(now) { tally.wireSent += request.count }
        case .sent, .wouldBlock: failed(index, "requests that the server does not take")
        case .failed(let number): failed(index, "connections lost: \(SystemError(number, "send"))")
        }
    }

    private mutating func take(_ answer: HTTPExchange.Answer, _ index: Int, _ now: UInt64) {
        readers[index].isAsking = false
        tally.received += 1
        guard answer.status == 200, let offset = answer.offset else {
            return failed(index, "answers with status \(answer.status)")
        }
        if isMeasuring(now) { tally.requests += 1 }
        readers[index].offset = offset
        for stamp in answer.stamps {
            tally.delivered(stamp)
            count(stamp, at: now)
        }
        settle(index)
        switch polling {
        case .waiting: readers[index].nextAsk = now
        case .every(let seconds):
            // The next is due one interval after the last was, whatever the answer took.
            let step = UInt64(seconds * 1e9)
            while answer.isLast, readers[index].nextAsk <= now { readers[index].nextAsk += step }
        }
        if phase == .draining, case .every = polling {
            // What has not been asked for yet need not wait for its turn.
            readers[index].nextAsk = min(readers[index].nextAsk, now + 200_000_000)
        }
    }

    private mutating func count(_ stamp: Stamp, at now: UInt64) {
        guard let timing else { return }
        let due = stamp.due &+ plan.epoch
        if timing.isMeasured(now) {
            tally.counted += 1
            tally.countedBytes += plan.size
            tally.countedByInterval[timing.interval(of: now)] += 1
        }
        if timing.isMeasured(due) {
            tally.latencies.record(now &- due)
            tally.latenciesByInterval[timing.interval(of: due)].record(now &- due)
        }
    }

    /// A reader that has had its first answer, or cannot have it, is waited for no more.
    private mutating func settle(_ index: Int) {
        guard !readers[index].isReady else { return }
        readers[index].isReady = true
        readyCount += 1
        guard phase == .opening else { return }
        openMore()
        if readyCount == readers.count {
            phase = .ready
            say(.ready(progress))
        }
    }
}

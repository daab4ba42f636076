// Readers of a room that poll over HTTP: a loop of its own, since no WebSocket is involved.
import Foundation
import LinuxReactor
import WebSocketServer

/// One generator of readers that poll. It keeps the order of ``LoadHandler``: open → ready → warm
/// up → measure → drain → report.
struct PollingLoop: ~Copyable {
    private enum Phase { case waiting, opening, ready, running, draining, over }

    private let plan: LoadPlan
    private let polling: LoadPlan.Polling
    private let url: WebSocketURL
    private let address: NetworkAddress
    private let room: String
    private let payload: Payload
    private let say: (Notice) -> Void
    private var kernel: LinuxKernel
    private var poller: Poller
    private let wakeup: FileDescriptor
    private let buffer = ReceiveBuffer()
    private var readers: [PollingReader]
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
        let url = try WebSocketURL(plan.urls[0])
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
        payload = Payload(byteCount: plan.size, run: plan.run)
        mailbox = Mailbox(descriptor: wakeup, wake: LinuxKernel.wake)
        readers = Array(repeating: PollingReader(), count: plan.connectionCount)
        tally = Tally(intervals: plan.intervalCount)
    }

    // MARK: The loop

    mutating func run() {
        while phase != .over {
            // Fine enough for readers that poll every few seconds; long polls do not need it.
            poller.wait(timeout: 5_000_000, &kernel)
            while let (token, _) = poller.takeEvent() {
                if token == Self.wakeupToken {
                    kernel.clearWakeup(wakeup)
                    while let order = mailbox.take() { obey(order) }
                } else {
                    proceed(Int(token))
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
            for index in readers.indices {
                let share = Double(index) / Double(readers.count)
                readers[index].begin(polling, at: timing.begin, share: share)
            }
        case .shorten(let timing): self.timing = timing
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
            for index in readers.indices where readers[index].isDue(now) { ask(index, now) }
        }
        if phase != .waiting, now >= nextProgress {
            nextProgress = now + 100_000_000
            say(.progress(progress))
        }
        if phase == .draining, now >= drainUntil { end() }
    }

    private var progress: Progress {
        // Only the speaker's generator knows what is awaited: it counts what is sent, this one what
        // is received.
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
        let failure = readers[index].connection.connect(
            to: address, from: source, token: UInt64(index), &kernel, &poller)
        if let failure { failed(index, failure) }
    }

    private mutating func proceed(_ index: Int) {
        let event = readers[index].connection.proceed(
            into: buffer, payload, token: UInt64(index), &kernel, &poller)
        switch event {
        case .nothing: break
        case .connected:
            tally.opened += 1
            ask(index, Clock.now)
        case .received(let byteCount, let answer):
            let now = Clock.now
            if isMeasuring(now) { tally.wireReceived += byteCount }
            if let answer { take(answer, index, now) }
        // Between two requests the server may close a kept-alive connection.
        case .ended where !readers[index].isAsking: close(index)
        case .ended: failed(index, "connections lost while asking")
        case .failed(let kind): failed(index, kind)
        }
    }

    private mutating func close(_ index: Int) {
        readers[index].connection.close(&kernel)
        readers[index].isAsking = false
    }

    private mutating func failed(_ index: Int, _ kind: String) {
        tally.fail(kind)
        close(index)
        readers[index].failed(Clock.now)
        settle(index)
    }

    // MARK: Requests

    private func isMeasuring(_ now: UInt64) -> Bool { timing?.isMeasured(now) ?? false }

    private mutating func ask(_ index: Int, _ now: UInt64) {
        readers[index].isAsking = true
        guard readers[index].connection.isOpen else { return connect(index) }
        guard readers[index].connection.isConnected else { return }
        let request = HTTPExchange.request(
            room: room, host: url.authority, after: readers[index].offset,
            waiting: polling.wait)
        if let failure = readers[index].connection.send(request, &kernel) {
            return failed(index, failure)
        }
        tally.sent += 1
        if isMeasuring(now) { tally.wireSent += request.count }
    }

    private mutating func take(_ answer: HTTPExchange.Answer, _ index: Int, _ now: UInt64) {
        readers[index].isAsking = false
        tally.received += 1
        guard answer.status == 200, let offset = answer.offset else {
            return failed(index, "answers with status \(answer.status)")
        }
        if isMeasuring(now) { tally.requests += 1 }
        if !answer.isIntact { tally.fail(FailureKind.damaged) }
        readers[index].offset = offset
        for stamp in answer.stamps {
            tally.delivered(stamp)
            count(stamp, at: now)
        }
        settle(index)
        readers[index].answered(
            polling, isLast: answer.isLast, now, isDraining: phase == .draining)
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

    /// Marks a reader as ready: it has had its first response, or cannot get it.
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

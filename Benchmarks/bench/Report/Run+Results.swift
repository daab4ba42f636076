// Turns counts and samples into a report.

extension Run {
    /// Takes in the counts of all generators and the samples that were taken at the intervals'
    /// ends.
    mutating func take(_ tally: Tally, _ timing: Timing, _ samples: [Sample]) {
        opened = tally.opened
        sent = tally.sent
        received = tally.received
        counted = tally.counted
        countedBytes = tally.countedBytes
        (wireSent, wireReceived) = (tally.wireSent, tally.wireReceived)
        requests = tally.requests
        latency = Percentiles(tally.latencies)
        curve = Point.curve(of: tally.latencies)
        lateness = Percentiles(tally.lateness)
        handshake = Percentiles(tally.handshakes)
        resume = Percentiles(tally.resumes)
        extras = tally.extras
        // Measuring begins when the first client is to come back.
        if tally.lastBackAt > timing.measureFrom {
            extras["seconds until all were back"] =
                Double(tally.lastBackAt - timing.measureFrom) / 1e9
        }
        failures = tally.failures
        if let first = samples.first, let last = samples.last, last.at > first.at {
            takeUse(first, last, samples)
        }
        takeTimeline(tally, timing, samples)
    }

    private mutating func takeUse(_ first: Sample, _ last: Sample, _ samples: [Sample]) {
        let elapsed = Double(last.at - first.at) / 1e9
        if let from = first.server, let to = last.server {
            // Samples are sometimes a little late, so the report has the share of the measured
            // time.
            let scale = seconds / elapsed
            server = ServerUse(
                cpuSeconds: (to.cpuSeconds - from.cpuSeconds) * scale,
                userSeconds: (to.userSeconds - from.userSeconds) * scale,
                systemSeconds: (to.systemSeconds - from.systemSeconds) * scale,
                cores: (to.cpuSeconds - from.cpuSeconds) / elapsed,
                residentBefore: 0, residentOpen: from.residentBytes,
                residentPeak: samples.compactMap(\.server?.residentBytes).max() ?? 0)
        }
        let shares = zip(first.workers, last.workers).map { max(0, $1 - $0) / elapsed }
        generator.cores = shares.reduce(0, +)
        generator.busiestCore = shares.max() ?? 0
    }

    private mutating func takeTimeline(_ tally: Tally, _ timing: Timing, _ samples: [Sample]) {
        let length = Double(timing.intervalLength) / 1e9
        timeline = (0..<timing.intervalCount).map { index in
            let latencies = tally.latenciesByInterval[index]
            let at = Double(index) * length
            // The last interval of an interrupted run is shorter.
            let own = max(min(length, seconds - at), 1e-3)
            var slice = Slice(
                at: at,
                perSecond: Double(tally.countedByInterval[index]) / own,
                p50: Double(latencies.percentile(50)) / 1e3,
                p99: Double(latencies.percentile(99)) / 1e3,
                max: Double(latencies.maximum) / 1e3)
            if index + 1 < samples.count, let from = samples[index].server,
                let to = samples[index + 1].server, samples[index + 1].at > samples[index].at
            {
                let elapsed = Double(samples[index + 1].at - samples[index].at) / 1e9
                slice.serverCores = (to.cpuSeconds - from.cpuSeconds) / elapsed
                slice.residentBytes = to.residentBytes
            }
            return slice
        }
    }

    /// Finds what limited the run, and what makes its figures doubtful.
    ///
    /// - Parameters:
    ///   - rate: the rate of an open loop; nil for a closed one.
    ///   - knowsServer: whether the server's processes were sampled.
    ///   - pinned: whether server and generator had processors of their own.
    mutating func judge(rate: Double?, knowsServer: Bool, pinned: Bool) {
        let generatorIsBusy = generator.busiestCore >= 0.9
        let serverIsBusy = (server?.cores ?? 0) >= 0.9 * Double(max(1, server?.processCount ?? 1))
        if serverIsBusy {
            limit = "the server, which used all of its processor"
        } else if generatorIsBusy {
            limit = "the generator, which used all of its processor"
        } else if rate != nil {
            limit = "the schedule: neither server nor generator was busy all the time"
        } else if knowsServer {
            limit =
                "round trips: neither side was busy all the time (more --depth or --connections)"
        }
        if generatorIsBusy {
            warnings.append(
                "The generator was at \(Words.percent(generator.busiestCore)) of its processor: rates "
                    + "and latencies are partly its own. The figure per second of the "
                    + "server's processor is still right. --threads gives it more.")
        }
        if let lateness, let latency, lateness.p99 > 1000, lateness.p99 > latency.p99 / 10 {
            warnings.append(
                "The generator sent late (p99 \(Words.time(lateness.p99))); the latencies, which count "
                    + "from when a message was due, include that too.")
        }
        if !knowsServer {
            warnings.append(
                "The server's processor time is not known: name its process with --pid for it.")
        }
        if latency == nil, counted == 0, failures.isEmpty, rate != nil {
            warnings.append("Nothing was due while measuring: the rate is too low for the time.")
        }
    }
}

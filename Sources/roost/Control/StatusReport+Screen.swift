// The server's status as one screen of text for a person.
import ChatDatabase
import CommandLineOptions
import WebSocketServer

extension StatusReport {
    /// At most 24 lines of 80 columns.
    var screen: String {
        guard faults.isEmpty else { return faultScreen }
        var lines: [String] = [
            headline, "",
            row(
                "connections",
                "\(Figures.count(gauges.openCount)) of at most \(Figures.count(connectionLimit))"),
            row(
                "chat",
                "\(plural(userCount, "user")) in \(plural(roomCount, "room"))"
                    + readers),
            row(
                "messages",
                "\(Figures.rate(rates.perSecond(\.messagesIn))) in, "
                    + "\(Figures.rate(rates.perSecond(\.messagesOut))) out"),
            row(
                "traffic",
                "\(Figures.bytes(Int(rates.perSecond(\.bytesIn))))/s in, "
                    + "\(Figures.bytes(Int(rates.perSecond(\.bytesOut))))/s out"),
            row("loop lag", lagText),
            row(
                "longest turn",
                "\(Figures.milliseconds(gauges.turns.longest)) in the last minute, "
                    + "\(Figures.milliseconds(gauges.turns.longestCPUTime)) of it work"),
            row(
                "memory",
                "\(Figures.bytes(residentByteCount)), held for clients "
                    + "\(Figures.bytes(gauges.memoryByteCount)) of "
                    + "\(Figures.bytes(gauges.memoryLimit)), history "
                    + Figures.bytes(historyByteCount)),
        ]
        if let history { lines += kept(history) }
        if let engine {
            let words = engine.line + (engine.figures.problem.map { ". \($0)" } ?? "")
            for (number, line) in Self.wrapped(words, width: 60).enumerated() {
                lines.append(row(number == 0 ? "shared rooms" : "", line))
            }
        }
        if !certificateWords.isEmpty {
            let more = certificateWords.count > 2 ? ", \(certificateWords.count - 2) more" : ""
            lines.append(
                row("certificates", certificateWords.prefix(2).joined(separator: ", ") + more))
        }
        if gauges.blockedCount > 0 || gauges.cursorLagByteCount > 0 {
            lines.append(
                row(
                    "slow readers",
                    "\(Figures.count(gauges.blockedCount)), unread "
                        + "\(Figures.bytes(gauges.outboxByteCount)), at most "
                        + "\(Figures.bytes(gauges.cursorLagByteCount)) behind a room"))
        }
        if !busiestRooms.isEmpty {
            let rooms = busiestRooms.map { "\($0.name) \(Figures.count($0.memberCount))" }
            lines.append(row("busiest rooms", rooms.joined(separator: ", ")))
        }
        if !busiestAddresses.isEmpty {
            let list = busiestAddresses.prefix(3).map {
                "\($0.address.host) \(Figures.percent($0.share))"
            }
            let waiting =
                gauges.waitingCount > 0
                ? "; \(plural(gauges.waitingCount, "connection")) waiting" : ""
            lines.append(row("most work for", list.joined(separator: ", ") + waiting))
        }
        return (lines + ["", "since the start"] + sinceStart).joined(separator: "\n") + "\n"
    }

    /// What the database keeps; where it does not, why, and what to do.
    private func kept(_ history: DatabaseFigures) -> [String] {
        let commit = Duration.nanoseconds(Int64(clamping: history.commitTime.last))
        let figures =
            "\(plural(history.entryCount, "message")), \(Figures.bytes(history.usedByteCount)) of "
            + "\(Figures.bytes(history.byteLimit)), last commit \(Figures.milliseconds(commit))"
        let isWorking = history.state == .works
        let first = isWorking ? figures : "nothing just now (\(history.stateWord))"
        let problem = historyProblem ?? ""
        return [row("kept", first)] + Self.wrapped(problem, width: 60).map { row("", $0) }
    }

    /// The words of a text in lines of this many characters; a longer word has one of its own.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private var sinceStart: [String] {
        var lines = [
            row("accepted", Figures.count(Int(statistics.acceptedCount))),
            row("refused", Figures.list(refusals)),
            row("closed", Figures.list(closes)),
            row("messages", Figures.count(Int(chat.messageCount))),
        ]
        if chat.recoveredCount + chat.unrecoveredCount > 0 {
            lines.append(
                row(
                    "resumed",
                    "\(Figures.count(Int(chat.recoveredCount))) without loss, "
                        + "\(Figures.count(Int(chat.unrecoveredCount))) with messages gone"))
        }
        if droppedLogRecordCount > 0 {
            lines.append(
                row("log records lost", "\(droppedLogRecordCount): the journal had no room"))
        }
        return lines
    }

    private var headline: String {
        let state = isStopping ? "stopping" : faults.isEmpty ? "serving" : "not serving"
        return "roost \(Version.current) is \(state), process \(process), "
            + "for \(Figures.duration(uptime))"
    }

    /// What is wrong, and what to do about it.
    private var faultScreen: String {
        let lines =
            [headline, ""] + faults.map { "  \($0)" } + [
                "",
                "Clients get 503 or close code 1013. Correct this, then:",
                "sudo systemctl reload roost   (restart, if it is the unit's command line)",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private var lagText: String {
        var text = Figures.milliseconds(loopLag)
        if let high = statistics.loopLag.quantile(0.99) {
            text += " now, under \(Figures.milliseconds(high)) 99 times in 100"
        }
        return text
    }

    private func row(_ name: String, _ text: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 18 - name.count)) + text
    }

    /// Readers over HTTP, if there are any.
    private var readers: String {
        (waiterCount > 0 ? ", \(plural(waiterCount, "long poll"))" : "")
            + (gauges.eventStreamCount > 0
                ? ", \(plural(gauges.eventStreamCount, "event stream"))" : "")
    }

    private func plural(_ count: Int, _ noun: String) -> String {
        "\(Figures.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// Numbers in a form that people read easily.
enum Figures {
    /// 1,234,567.
    static func count(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// 12.3/s, or 1,234/s.
    static func rate(_ number: Double) -> String {
        number < 100 ? "\((number * 10).rounded() / 10)/s" : "\(count(Int(number)))/s"
    }

    /// 512 B, 1.5 KB, 23 MB: powers of 1024.
    static func bytes(_ number: Int) -> String {
        var value = Double(number)
        for unit in ["B", "KB", "MB", "GB"] {
            if value < 1024 || unit == "GB" {
                return value < 10 && unit != "B"
                    ? "\((value * 10).rounded() / 10) \(unit)" : "\(Int(value.rounded())) \(unit)"
            }
            value /= 1024
        }
        return ""
    }

    /// The two largest units: 3 d 4 h, 5 min 10 s.
    static func duration(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first...].prefix(2).map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// 25 %, 0.3 %.
    static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent < 10 ? "\((percent * 10).rounded() / 10) %" : "\(Int(percent.rounded())) %"
    }

    static func milliseconds(_ duration: Duration) -> String {
        let value = duration.inSeconds * 1000
        return value < 10 ? "\((value * 100).rounded() / 100) ms" : "\(Int(value.rounded())) ms"
    }

    /// "12: slow_consumer 10, request 2"; "0" for an empty list.
    static func list(_ counts: [(String, UInt64)]) -> String {
        let sum = counts.reduce(0) { $0 + $1.1 }
        guard sum > 0 else { return "0" }
        let parts = counts.sorted { $0.1 > $1.1 }
            .map { "\($0.0.replacing("_", with: " ")) \(count(Int($0.1)))" }
        return "\(count(Int(sum))): \(parts.joined(separator: ", "))"
    }
}

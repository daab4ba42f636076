// UNSAFE: popen(3) and fgets(3) fill a local buffer.
//
// Whether a server runs here, whether it answers, and the state of its systemd units.
import CommandLineOptions
import Glibc

/// What can be found out about the server of this machine.
struct ServerHealth {
    /// The server's process, if it answers.
    private(set) var process: Int32?
    /// Its status, if it lets this user see it.
    private(set) var status: JSONTree?
    /// What was found, in the order in which it is printed.
    private(set) var findings: [Finding] = []

    init(_ target: ControlTarget) {
        if target.units?.wouldStart == true {
            findings.append(.good("does not run, and a question does not start it"))
        } else {
            ask(target)
        }
        findings += Self.units(target.instance)
    }

    private mutating func ask(_ target: ControlTarget) {
        do throws(ControlClient.Failure) {
            let answer = try ControlClient(target.path).ask("GET", "/status")
            if answer.status == 200 {
                process = Self.number("process", answer.body).flatMap { Int32(exactly: $0) }
                status = JSONTree(answer.body)
                findings += Self.findings(status: answer.body)
            } else {
                findings.append(.unknown(ControlTarget.sentence(answer.body)))
            }
        } catch {
            findings.append(Finding(state: Self.state(of: error, target), text: "\(error)"))
        }
    }

    /// A server that nobody has named need not be there: its units say whether it should be.
    private static func state(
        of failure: ControlClient.Failure, _ target: ControlTarget
    ) -> Finding.State {
        switch failure.number {
        case EACCES, EPERM: .unknown
        case ENOENT where target.path == nil && !ControlSocket.paths.contains(where: exists): .good
        default: .mend
        }
    }

    private static func exists(_ path: String) -> Bool { ControlSocket.exists(path) }

    /// What the status of a running server says.
    static func findings(status: String, own: String = Version.current) -> [Finding] {
        let count = number("connections", status) ?? 0
        let limit = number("connections_limit", status) ?? 0
        let version = JSONText.string("version", in: status)
        let name = "process \(number("process", status) ?? 0)"
        var findings: [Finding] = []
        if JSONText.string("state", in: status) == "not_serving" {
            findings.append(
                .mend("\(name) answers, but does not serve: roost status says why"))
        } else {
            findings.append(
                .good(
                    "answers at its control socket: \(name), "
                        + "\(Figures.count(count)) of at most \(Figures.count(limit)) connections"))
        }
        if version != own {
            findings.append(
                .mend(
                    "\(name) is version \(version ?? "unknown"), and this program is \(own): "
                        + "systemctl restart roost"))
        }
        return findings
    }

    /// The number with this name in a flat JSON object that this program has written.
    static func number(_ name: String, _ json: String) -> Int? {
        guard let start = json.firstRange(of: "\"\(name)\":") else { return nil }
        return Int(json[start.upperBound...].prefix { $0.isNumber })
    }

    private static func units(_ instance: String?) -> [Finding] {
        guard unsafe access("/run/systemd/system", F_OK) == 0 else {
            return [.good("systemd does not run here")]
        }
        let suffix = instance.map { "@\($0)" } ?? ""
        let names = [
            "roost\(suffix).socket", "roost-control\(suffix).socket", "roost\(suffix).service",
        ]
        func state(_ unit: String) -> (String, [String: String]) {
            // An instance's name may have backslashes.
            let text = output(
                "systemctl show --property=LoadState,ActiveState,Result,NRestarts,UnitFileState,"
                    + "NeedDaemonReload '\(unit)' 2>/dev/null")
            return (unit, properties(text))
        }
        let states = names.map(state)
        let isInstalled = states.contains { ($1["LoadState"] ?? "") != "not-found" }
        // Nothing is missing where these are not wanted.
        let wanted = ["roost-tls\(suffix).socket", "roost-redirect\(suffix).socket"]
            .map(state)
            .filter { $1["UnitFileState"] == "enabled" || $1["ActiveState"] == "active" }
        return (states + wanted).map { unit, properties in
            let found = finding(unit, properties)
            // A server that runs without systemd has no units.
            return isInstalled ? found : .good(found.text)
        }
    }

    /// Parses lines of "Name=value".
    static func properties(_ text: String) -> [String: String] {
        var properties: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { properties[String(parts[0])] = String(parts[1]) }
        }
        return properties
    }

    /// The unit's state from `systemctl show`, and what to do about it.
    static func finding(_ unit: String, _ properties: [String: String]) -> Finding {
        guard let load = properties["LoadState"] else {
            return .unknown("\(unit): systemctl does not answer")
        }
        if load == "not-found" {
            return .mend("\(unit) is not installed: make install, or the package")
        }
        if load == "masked" { return .good("\(unit) is masked: systemctl status \(unit)") }
        if load != "loaded" { return .mend("\(unit) is \(load): systemctl status \(unit)") }
        let found = state(unit, properties)
        guard properties["NeedDaemonReload"] == "yes" else {
            return Finding(state: found.state, text: "\(unit) \(found.text)")
        }
        return .mend(
            "\(unit) \(found.text); its file has changed since: systemctl daemon-reload")
    }

    private static func state(_ unit: String, _ properties: [String: String]) -> Finding {
        let active = properties["ActiveState"] ?? "in an unknown state"
        let isSocket = unit.hasSuffix(".socket")
        switch active {
        case "failed":
            return .mend("has failed (\(properties["Result"] ?? "?")): journalctl -xeu \(unit)")
        case "inactive" where isSocket:
            // The service's start brings its sockets up before it. To start a socket by itself
            // fails while the server runs: systemd opens no socket for a running service.
            let instance = unit.firstIndex(of: "@").map { unit[$0...].dropLast(".socket".count) }
            let service = "roost\(instance ?? "").service"
            return .mend(
                "does not listen: systemctl enable \(unit) && systemctl restart \(service)")
        case "inactive": return .good("does not run; the next connection starts it")
        case "active" where isSocket:
            return properties["UnitFileState"] == "disabled"
                ? .mend("listens, but not after the next boot: systemctl enable \(unit)")
                : .good("listens")
        case "active":
            let count = Int(properties["NRestarts"] ?? "") ?? 0
            guard count > 0 else { return .good("runs") }
            return .good(
                "runs, and had to be started again \(count) "
                    + "time\(count == 1 ? "" : "s"): journalctl -u roost -p warning")
        default: return .good("is \(active)")
        }
    }

    private static func output(_ command: String) -> String {
        guard let pipe = unsafe popen(command, "r") else { return "" }
        defer { unsafe pclose(pipe) }
        var text = ""
        var buffer = [CChar](repeating: 0, count: 4096)
        while unsafe fgets(&buffer, Int32(buffer.count), pipe) != nil {
            text += String(
                decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return text
    }
}

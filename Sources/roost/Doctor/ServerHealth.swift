// UNSAFE: popen(3) and fgets(3) fill a local buffer.
//
// Whether a server runs here, whether it answers, and the state of its systemd units.
import Glibc

/// What can be found out about the server of this machine.
struct ServerHealth {
    /// The server's process, if it answers.
    private(set) var process: Int32?
    /// The lines to print.
    private(set) var lines: [String] = []

    init(_ target: ControlTarget) {
        do {
            let status = try target.ask("GET", "/status")
            process = Self.number("process", status).flatMap { Int32(exactly: $0) }
            let count = Self.number("connections", status) ?? 0
            let limit = Self.number("connections_limit", status) ?? 0
            lines.append(
                "answers at its control socket: process \(process ?? 0), "
                    + "\(Figures.count(count)) of at most \(Figures.count(limit)) connections")
        } catch {
            lines.append("\(error)")
        }
        lines += Self.units()
    }

    /// The number with this name in a flat JSON object that this program has written.
    static func number(_ name: String, _ json: String) -> Int? {
        guard let start = json.firstRange(of: "\"\(name)\":") else { return nil }
        return Int(json[start.upperBound...].prefix { $0.isNumber })
    }

    private static func units() -> [String] {
        guard unsafe access("/run/systemd/system", F_OK) == 0 else {
            return ["systemd does not run here"]
        }
        return ["roost.socket", "roost-control.socket", "roost.service"].map { unit in
            let text = output(
                "systemctl show --property=LoadState,ActiveState,Result,NRestarts,UnitFileState,"
                    + "NeedDaemonReload \(unit) 2>/dev/null")
            return sentence(unit, properties(text))
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
    static func sentence(_ unit: String, _ properties: [String: String]) -> String {
        guard let load = properties["LoadState"] else {
            return "\(unit): systemctl does not answer"
        }
        if load == "not-found" { return "\(unit) is not installed: make install, or the package" }
        if load != "loaded" { return "\(unit) is \(load): systemctl status \(unit)" }
        var sentence = "\(unit) \(state(unit, properties))"
        if properties["NeedDaemonReload"] == "yes" {
            sentence += "; its file has changed since: systemctl daemon-reload"
        }
        return sentence
    }

    private static func state(_ unit: String, _ properties: [String: String]) -> String {
        let active = properties["ActiveState"] ?? "in an unknown state"
        let isSocket = unit.hasSuffix(".socket")
        switch active {
        case "failed":
            return "has failed (\(properties["Result"] ?? "?")): journalctl -xeu \(unit)"
        case "inactive" where isSocket:
            // The service's start brings its sockets up before it. To start a socket by itself
            // fails while the server runs: systemd opens no socket for a running service.
            return "does not listen: systemctl enable \(unit) && systemctl restart roost.service"
        case "inactive": return "does not run; the next connection starts it"
        case "active" where isSocket:
            return properties["UnitFileState"] == "disabled"
                ? "listens, but not after the next boot: systemctl enable \(unit)" : "listens"
        case "active":
            let count = Int(properties["NRestarts"] ?? "") ?? 0
            guard count > 0 else { return "runs" }
            return "runs, and had to be started again \(count) "
                + "time\(count == 1 ? "" : "s"): journalctl -u roost -p warning"
        default: return "is \(active)"
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

// UNSAFE: popen(3) and fgets(3) fill a local buffer.
//
// Whether a server runs here, how it answers, and what systemd says of its units.
import Glibc

/// What can be found out about the server of this machine.
struct ServerHealth {
    /// The server's process, if it answers.
    private(set) var process: Int32?
    /// What to say, line by line.
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

    /// The number of a member of a flat JSON object that this program has written.
    static func number(_ name: String, _ json: String) -> Int? {
        guard let start = json.firstRange(of: "\"\(name)\":") else { return nil }
        return Int(json[start.upperBound...].prefix { $0.isNumber })
    }

    private static func units() -> [String] {
        guard unsafe access("/run/systemd/system", F_OK) == 0 else {
            return ["systemd does not run here"]
        }
        return ["roost.socket", "roost.service"].map { unit in
            let words = output(
                "systemctl show --property=LoadState,ActiveState,SubState,Result,NRestarts "
                    + "--value \(unit) 2>/dev/null"
            ).split(separator: "\n").map(String.init)
            return sentence(unit, words)
        }
    }

    /// What five values of `systemctl show` come to.
    static func sentence(_ unit: String, _ values: [String]) -> String {
        guard values.count >= 3 else { return "\(unit): systemctl says nothing of it" }
        if values.contains("not-found") {
            return "\(unit) is not installed: make install, or the package"
        }
        var text = "\(unit): \(values.joined(separator: ", "))"
        if values.contains("failed") { text += "; see journalctl -xeu \(unit)" }
        return text
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

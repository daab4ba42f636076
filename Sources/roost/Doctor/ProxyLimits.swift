// UNSAFE: opendir(3) and readdir(3): an entry is read before the next call.
//
// Proxies on this machine, and how many clients their own limits allow: a proxy that is full
// refuses people, and Roost never hears of them.
import CommandLineOptions
import Glibc

/// What nginx, haproxy or Caddy can hold, from /proc and nginx's configuration.
struct ProxyLimits: Equatable {
    /// The program's name.
    let name: String
    /// How many processes serve clients.
    let workerCount: Int
    /// RLIMIT_NOFILE of such a process: the soft limit, which binds it.
    let descriptorLimit: Int
    /// nginx's worker_connections; nil for other programs, or if it cannot be read.
    let connectionLimit: Int?

    /// A client takes two connections, its own and the one to Roost.
    var clientCount: Int {
        // "unlimited" is a number, too.
        workerCount * min(connectionLimit ?? .max, descriptorLimit, 1 << 40) / 2
    }

    /// What it can hold, and what to change so that `wanted` clients fit.
    func advice(wanted: Int) -> String {
        var reasons = ["\(Figures.limit(descriptorLimit)) open files"]
        if let connectionLimit {
            reasons.insert("worker_connections \(connectionLimit)", at: 0)
        }
        let workers = "\(workerCount) process\(workerCount == 1 ? "" : "es")"
        return
            "\(name) can hold \(Figures.count(clientCount)) clients: \(workers) with "
            + reasons.joined(separator: " and ") + ", two for each client; \(remedy(wanted))"
    }

    private func remedy(_ wanted: Int) -> String {
        let share = (2 * wanted + workerCount - 1) / workerCount
        return switch name {
        case "nginx":
            "in /etc/nginx/nginx.conf: worker_connections \(share); in events, and "
                + "worker_rlimit_nofile \(share + 1000); above it"
        case "haproxy": "in /etc/haproxy/haproxy.cfg: maxconn \(wanted) in global"
        default: "LimitNOFILE=\(share + 1000) of its unit: systemctl edit \(name)"
        }
    }
}

extension ProxyLimits {
    /// The proxies that run below `root`: "/" for this machine, another folder for a test.
    static func all(root: String) -> [ProxyLimits] {
        var limits: [String: [Int]] = [:]
        for process in processes(root) {
            func text(_ file: String) -> String {
                (try? TextFile.read("\(root)proc/\(process)/\(file)")) ?? ""
            }
            let name = text("comm").trimmed
            guard ["nginx", "haproxy", "caddy"].contains(name),
                name != "nginx" || !text("cmdline").hasPrefix("nginx: master"),
                let limit = softLimit(text("limits"))
            else { continue }
            limits[name, default: []].append(limit)
        }
        return limits.sorted { $0.key < $1.key }.map { name, limits in
            let isNginx = name == "nginx"
            return ProxyLimits(
                name: name,
                // haproxy's master and Caddy's helpers serve nobody: one process does.
                workerCount: isNginx ? limits.count : 1,
                descriptorLimit: (isNginx ? limits.min() : limits.max()) ?? 0,
                connectionLimit: isNginx
                    ? (try? TextFile.read("\(root)etc/nginx/nginx.conf")).map(workerConnections)
                    : nil)
        }
    }

    /// "Max open files            1024                 1048576              files": the first.
    static func softLimit(_ limits: String) -> Int? {
        let title = "Max open files"
        guard let line = limits.split(separator: "\n").first(where: { $0.hasPrefix(title) }),
            let word = line.dropFirst(title.count).split(separator: " ").first
        else { return nil }
        return word == "unlimited" ? .max : Int(word)
    }

    /// "worker_connections 768;" outside comments; 512 is nginx's own default.
    static func workerConnections(_ configuration: String) -> Int {
        let name = "worker_connections"
        for line in configuration.split(separator: "\n") {
            let line = line.split(separator: "#", omittingEmptySubsequences: false)[0]
            guard let start = line.firstRange(of: name) else { continue }
            let number = line[start.upperBound...].drop { $0.isWhitespace }
                .prefix { $0.isNumber }
            if let number = Int(number) { return number }
        }
        return 512
    }

    private static func processes(_ root: String) -> [String] {
        guard let folder = unsafe opendir(root + "proc") else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.allSatisfy(\.isNumber) { names.append(name) }
        }
        return names
    }
}

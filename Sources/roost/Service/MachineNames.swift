// UNSAFE: gethostname(2) into a local array, within its count.
//
// The names of this machine, by which a program in its network fetches the metrics.
import CommandLineOptions
import Glibc
import WebSocketServer

/// The names of this machine, without a question to DNS: at the start nothing may wait for that.
enum MachineNames {
    /// Read once.
    static let all = find(hostName(), hosts: file("/etc/hosts"), resolver: file("/etc/resolv.conf"))

    /// The name that the kernel has, its first label, that label in the domains of resolv.conf(5),
    /// and what hosts(5) says beside any of them.
    static func find(_ name: String, hosts: String, resolver: String) -> [String] {
        guard let label = name.split(separator: ".").first.map({ String($0) }) else { return [] }
        var names: Set = [name, label]
        for words in lines(resolver)
        where words.first == "search" || words.first == "domain" {
            for domain in words.dropFirst() where domain != "." {
                names.insert("\(label).\(domain)")
            }
        }
        for words in lines(hosts) where words.dropFirst().contains(where: names.contains) {
            names.formUnion(words.dropFirst())
        }
        return names.filter { HostPolicy.flaw(in: $0) == nil }.sorted()
    }

    private static func lines(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { line in
            line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map { String($0) }
        }
    }

    private static func file(_ path: String) -> String { (try? TextFile.read(path)) ?? "" }

    private static func hostName() -> String {
        var bytes = [CChar](repeating: 0, count: 257)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension Serve {
    /// The names that the server answers to, for clients and for metrics.
    var hostRules: HostRules {
        var rules = HostRules()
        rules.adviseFlags()
        rules.apply(options.tls)
        rules.clients = options.hostPolicy
        rules.metrics =
            options.noLimits ? .any : .names(MachineNames.all + operation.metricsHostName)
        rules.exemptPaths = ["/healthz", "/readyz"]
        return rules
    }
}

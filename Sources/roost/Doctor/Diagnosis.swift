// How many connections a machine can hold, computed from its facts alone.

/// Each limit and how many connections it allows, the lowest first.
struct Diagnosis: Equatable {
    struct Bound: Equatable {
        /// The name of the setting.
        let name: String
        /// How many connections it allows.
        let connections: Int
        /// Its present value, and the assumptions of the calculation.
        let reason: String
        /// What to type so that `wanted` connections fit.
        let remedy: String
    }

    /// Memory for a connection: 4.0 KB in the kernel and 169 B in the server were measured for an
    /// idle one; doubled for connections in use.
    static let connectionByteCount = 8 * 1024
    /// Pages of socket buffers for a connection in use: one in each direction.
    static let connectionPageCount = 2
    /// Descriptors that the server keeps for itself.
    static let reservedDescriptorCount = 96
    /// The backlog that the server asks for.
    static let backlog = 4096

    /// The bounds on connections, the lowest first.
    let bounds: [Bound]
    /// Advice on settings that do not bound the number of connections.
    let advice: [String]

    /// The bound that is reached first.
    var binding: Bound? { bounds.first }

    init(_ facts: HostFacts, wanted: Int) {
        let candidates = [
            Self.descriptors(facts, wanted), Self.ceiling(facts, wanted), Self.files(facts, wanted),
            Self.watches(facts, wanted), Self.buffers(facts, wanted), Self.tracked(facts, wanted),
            Self.memory(facts, wanted), Self.group(facts, wanted),
        ]
        bounds = candidates.compactMap { $0 }.sorted { $0.connections < $1.connections }
        advice =
            [Self.backlogAdvice(facts), Self.portAdvice(facts)].compactMap { $0 }
            + facts.proxies.filter { $0.clientCount < wanted }.map { $0.advice(wanted: wanted) }
    }

    // MARK: Open files

    private static func descriptors(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        guard let limit = facts.descriptorLimit else { return nil }
        let reserve = min(reservedDescriptorCount, limit / 4)
        let whose = facts.process.map { "of process \($0)" } ?? "of this shell; no server was found"
        return Bound(
            name: "RLIMIT_NOFILE", connections: limit - reserve,
            reason: "\(Figures.limit(limit)) open files \(whose), \(reserve) kept back",
            remedy: setting("LimitNOFILE", wanted + reservedDescriptorCount)
                + "   (without systemd: ulimit -n \(wanted + reservedDescriptorCount), as root)")
    }

    private static func ceiling(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        facts.descriptorCeiling.map {
            Bound(
                name: "fs.nr_open", connections: $0 - reservedDescriptorCount,
                reason: "LimitNOFILE cannot be more than \(Figures.limit($0))",
                remedy: sysctl("fs.nr_open", wanted + reservedDescriptorCount))
        }
    }

    private static func files(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        guard let limit = facts.fileLimit else { return nil }
        let used = facts.fileCount ?? 0
        return Bound(
            name: "fs.file-max", connections: max(0, limit - used),
            reason: "\(Figures.limit(limit)) open files of the machine, "
                + "\(Figures.count(used)) in use",
            remedy: sysctl("fs.file-max", wanted + used + 10_000))
    }

    private static func watches(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        facts.watchLimit.map {
            Bound(
                name: "fs.epoll.max_user_watches", connections: $0,
                reason: "\(Figures.limit($0)) watched descriptors of the server's user",
                remedy: sysctl("fs.epoll.max_user_watches", wanted + 1000))
        }
    }

    // MARK: Network

    private static func buffers(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        facts.tcpPageLimit.map {
            Bound(
                name: "net.ipv4.tcp_mem", connections: $0 / connectionPageCount,
                reason: "\(Figures.limit($0)) pages of buffers, \(connectionPageCount) for each "
                    + "connection in use",
                remedy: "sysctl -w net.ipv4.tcp_mem='\(wanted) \(wanted * 3 / 2) \(wanted * 2)'")
        }
    }

    private static func tracked(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        guard let limit = facts.trackedLimit else { return nil }
        let used = facts.trackedCount ?? 0
        return Bound(
            name: "nf_conntrack_max", connections: max(0, limit - used),
            reason: "the firewall tracks \(Figures.limit(limit)) connections, "
                + "\(Figures.count(used)) now",
            remedy: sysctl("net.netfilter.nf_conntrack_max", wanted + used + 10_000))
    }

    private static func backlogAdvice(_ facts: HostFacts) -> String? {
        guard let limit = facts.backlogLimit, limit < backlog else { return nil }
        return """
            Only \(Figures.count(limit)) new connections can wait in a burst (net.core.somaxconn): \
            sysctl -w net.core.somaxconn=\(backlog)
            """
    }

    private static func portAdvice(_ facts: HostFacts) -> String? {
        guard let ports = facts.localPorts else { return nil }
        return """
            A proxy on this machine can make at most \(Figures.count(ports.count)) connections to \
            one address and port (net.ipv4.ip_local_port_range): for more, use a local socket or \
            several addresses, or: \
            sysctl -w net.ipv4.ip_local_port_range='1024 65535'
            """
    }

    // MARK: Memory

    private static func memory(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        facts.availableByteCount.map {
            Bound(
                name: "memory", connections: $0 / connectionByteCount,
                reason: "\(Figures.bytes($0)) available, \(Figures.bytes(connectionByteCount)) for "
                    + "each",
                remedy: "more memory: \(Figures.bytes(wanted * connectionByteCount)) for "
                    + "\(Figures.count(wanted)) connections")
        }
    }

    private static func group(_ facts: HostFacts, _ wanted: Int) -> Bound? {
        facts.groupByteLimit.map {
            Bound(
                name: "MemoryMax=", connections: $0 / connectionByteCount,
                reason: "\(Figures.bytes($0)) for the unit, \(Figures.bytes(connectionByteCount)) "
                    + "for each",
                remedy: "systemctl set-property roost.service MemoryMax="
                    + "\(wanted * connectionByteCount / (1 << 20))M")
        }
    }

    /// A shell command that installs a drop-in for the unit.
    private static func setting(_ name: String, _ value: Int) -> String {
        """
        printf '[Service]\\n\(name)=\(value)\\n' | install -D -m 644 /dev/stdin \
        /etc/systemd/system/roost.service.d/limits.conf && systemctl daemon-reload && \
        systemctl restart roost
        """
    }

    private static func sysctl(_ name: String, _ value: Int) -> String {
        "sysctl -w \(name)=\(value)   (to keep it: a line in /etc/sysctl.d/60-roost.conf)"
    }
}

extension Figures {
    /// The number, or words for no limit.
    static func limit(_ number: Int) -> String {
        number > 1 << 53 ? "no limit of" : count(number)
    }
}

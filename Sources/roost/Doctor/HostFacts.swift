// The limits of this machine and this server: numbers from /proc and /sys, in one value.
import CommandLineOptions

/// Everything that bounds the number of connections. A number that could not be read is nil.
struct HostFacts: Equatable {
    /// The server's process. Nil if none was found; the figures are then those of this command.
    var process: Int32?
    /// RLIMIT_NOFILE of the process, the hard limit: the server raises its soft one.
    var descriptorLimit: Int?
    /// fs.nr_open: the highest allowed RLIMIT_NOFILE.
    var descriptorCeiling: Int?
    /// fs.file-max, and how many files are open, for the whole machine.
    var fileLimit: Int?
    var fileCount: Int?
    /// fs.epoll.max_user_watches: descriptors in epoll instances, for each user.
    var watchLimit: Int?
    /// net.ipv4.tcp_mem, the last of its three numbers: pages of all sockets' buffers together.
    var tcpPageLimit: Int?
    var pageByteCount = 4096
    /// net.core.somaxconn: connections that wait to be accepted.
    var backlogLimit: Int?
    /// net.netfilter.nf_conntrack_max and how many entries there are; nil without the module.
    var trackedLimit: Int?
    var trackedCount: Int?
    /// net.ipv4.ip_local_port_range.
    var localPorts: ClosedRange<Int>?
    /// MemAvailable, and memory.max of the server's control group.
    var availableByteCount: Int?
    var groupByteLimit: Int?
    /// Proxies that run here: they have limits of their own.
    var proxies: [ProxyLimits] = []
}

extension HostFacts {
    /// Reads the facts below `root`: "/" for this machine, another folder for a test.
    init(root: String, process: Int32?) {
        func text(_ path: String) -> String? { try? TextFile.read(root + path) }
        func numbers(_ path: String) -> [Int] {
            (text(path) ?? "").split { $0.isWhitespace }.compactMap { Int($0) }
        }
        self.process = process
        proxies = ProxyLimits.all(root: root)
        let folder = process.map { "proc/\($0)" } ?? "proc/self"
        descriptorLimit = Self.hardLimit(text("\(folder)/limits") ?? "")
        descriptorCeiling = numbers("proc/sys/fs/nr_open").first
        fileLimit = numbers("proc/sys/fs/file-max").first
        fileCount = numbers("proc/sys/fs/file-nr").first
        watchLimit = numbers("proc/sys/fs/epoll/max_user_watches").first
        tcpPageLimit = numbers("proc/sys/net/ipv4/tcp_mem").last
        backlogLimit = numbers("proc/sys/net/core/somaxconn").first
        trackedLimit = numbers("proc/sys/net/netfilter/nf_conntrack_max").first
        trackedCount = numbers("proc/sys/net/netfilter/nf_conntrack_count").first
        let ports = numbers("proc/sys/net/ipv4/ip_local_port_range")
        if ports.count == 2, ports[0] <= ports[1] { localPorts = ports[0]...ports[1] }
        availableByteCount = Self.available(text("proc/meminfo") ?? "")
        // "0::/system.slice/roost.service": cgroups(7), version 2.
        let group = (text("\(folder)/cgroup") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("0::") }
        if let group {
            groupByteLimit =
                numbers("sys/fs/cgroup\(group.dropFirst(3))/memory.max").first
        }
    }

    /// "Max open files            1024                 1048576              files".
    static func hardLimit(_ limits: String) -> Int? {
        guard
            let line = limits.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }
            )
        else { return nil }
        let words = line.dropFirst("Max open files".count).split(separator: " ")
        guard words.count > 1 else { return nil }
        return words[1] == "unlimited" ? .max : Int(words[1])
    }

    /// "MemAvailable:   12345 kB".
    static func available(_ meminfo: String) -> Int? {
        guard
            let line = meminfo.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }
            )
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}

// The limit that an operator has set on a service's memory: memory.high of its control group.

/// The process's control group (cgroups(7), version 2).
enum ControlGroup {
    /// The smallest memory.high of the group and those around it, in bytes; nil if none is set.
    /// `read` returns what is in a file, or nil.
    static func memoryHigh(read: (String) -> String?) -> Int? {
        guard let groups = read("/proc/self/cgroup"),
            let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return nil }
        var path = line.dropFirst(3)
        var smallest: Int?
        while true {
            let text = read("/sys/fs/cgroup\(path == "/" ? "" : path)/memory.high")
            // "max" is no number: no limit.
            if let text, let number = Int(text.prefix { $0 != "\n" }) {
                smallest = min(smallest ?? number, number)
            }
            guard path.count > 1, let slash = path.lastIndex(of: "/") else { return smallest }
            path = slash == path.startIndex ? "/" : path[..<slash]
        }
    }
}

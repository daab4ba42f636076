// How the servers of this package are started.

extension ServerProcess.Command {
    /// Echoes, with `Limits.benchmark`.
    static func echo() throws -> Self {
        Self(
            arguments: [try Products.path("echo-server"), "{port}", "--verbatim"],
            name: "echo-server --verbatim", sharingFlag: "--reuse-port")
    }

    /// Connection i is in room i mod `rooms`.
    static func broadcast(rooms: Int = 1, _ more: String...) throws -> Self {
        let flags = (rooms == 1 ? [] : ["--rooms", "\(rooms)"]) + more
        return Self(
            arguments: [try Products.path("broadcast-server"), "{port}"] + flags,
            name: (["broadcast-server"] + flags).joined(separator: " "),
            sharingFlag: "--reuse-port")
    }

    /// In memory: the database of whoever measures is not for the names and words of a load, and
    /// several processes cannot share one. A server with a database is measured by its command.
    static func chat(_ more: String...) throws -> Self {
        let flags = ["--history", "memory"] + more
        return Self(
            arguments: [try Products.path("roost"), "serve", "--port", "{port}"] + flags,
            path: "/chat", name: (["roost serve"] + flags).joined(separator: " "),
            sharingFlag: "--reuse-port")
    }
}

// Which room of WebSocketServer may name the types of which: ARCHITECTURE's picture, as a table.

struct RoomRule {
    /// Rooms all of whose types it may name. The types of API are everybody's.
    var rooms: Set<String> = []
    /// Single types of other rooms.
    var types: Set<String> = []
    /// Words that its code must not have.
    var banned: [String] = []
    /// Whether it may name what all rooms with I/O are made of.
    var hasFrame = true

    func mayName(_ type: String, of home: String, _ rules: RoomRules) -> Bool {
        if rules.frame.contains(type) { return hasFrame }
        return home == "API" || rooms.contains(home) || types.contains(type)
    }
}

struct RoomException: Hashable {
    let path: String
    let type: String
    let reason: String

    init(_ path: String, _ type: String, _ reason: String) {
        self.path = path
        self.type = type
        self.reason = reason
    }

    func isSame(as other: RoomException) -> Bool { path == other.path && type == other.type }
}

struct RoomRules {
    /// The state, the loop's struct that rooms with I/O extend, and the handler as they are given
    /// it.
    let frame: Set<String>
    let rooms: [String: RoomRule]
    let exceptions: [RoomException]
}

enum RoomTable {
    /// How many calls between rooms still go upward or to a neighbour: scripts/type-graph --calls.
    static let uphillCallCount = 0

    private static let pure: Set<String> = [
        "Topics", "Compression", "Encryption", "Telemetry", "Connections", "Waiting",
    ]
    private static let belowServices = pure.union(["Lifecycle", "Transport"])
    private static let kernel = [
        "Kernel", "kernel", "Poller", "poller", "FileDescriptor", "descriptor", "LinuxKernel",
    ]

    static let rules = RoomRules(
        frame: ["ServerCore", "ServerContext", "HandlerCall", "Token"],
        rooms: [
            "Loop": RoomRule(
                rooms: belowServices.union([
                    "Accepting", "HTTP", "Outgoing", "Messages", "Fanout", "HandOver", "Redis",
                ])),
            // ServerContext is a struct of all rooms' parts.
            "API": RoomRule(
                rooms: belowServices.union(["Loop", "HTTP", "Outgoing", "Messages", "Redis"])),
            "HandOver": RoomRule(
                rooms: belowServices.union(["Accepting", "HTTP", "Outgoing", "Messages", "Loop"])),
            "Accepting": RoomRule(rooms: belowServices),
            "HTTP": RoomRule(rooms: belowServices.union(["Accepting"])),
            "Outgoing": RoomRule(rooms: belowServices),
            "Messages": RoomRule(rooms: belowServices),
            "Redis": RoomRule(rooms: belowServices),
            "Fanout": RoomRule(rooms: belowServices),
            "Lifecycle": RoomRule(rooms: pure.union(["Transport"])),
            "Transport": RoomRule(rooms: pure),
            "Topics": RoomRule(
                types: ["Encoding", "Pinned", "Slot"], banned: kernel + ["Connection"],
                hasFrame: false),
            "Compression": RoomRule(types: ["Encoding"], banned: kernel, hasFrame: false),
            "Encryption": RoomRule(banned: kernel, hasFrame: false),
            "Telemetry": RoomRule(banned: kernel, hasFrame: false),
            "Waiting": RoomRule(types: ["Slot"], banned: kernel),
            "Connections": RoomRule(
                types: ["Compression", "Delivery", "EncryptedConnection", "Subscription"],
                hasFrame: false),
        ],
        exceptions: [
            RoomException(
                "Sources/WebSocketServer/Lifecycle/Reaping.swift", "ConnectAttempt",
                "What a slot leaves in another table is replaced by an empty one."),
            RoomException(
                "Sources/WebSocketServer/Lifecycle/Reaping.swift", "HTTPExchange",
                "What a slot leaves in another table is replaced by an empty one."),
        ])
}

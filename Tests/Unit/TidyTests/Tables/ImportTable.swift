// What targets may import besides what Package.swift gives them.

struct ImportRules {
    /// What comes with the system and Swift: for what is shipped, and for everything else.
    let system: Set<String>
    let systemForTests: Set<String>
    /// What examples may import besides: readers have it too.
    let systemForExamples: Set<String>
    /// What one target alone may import of it.
    var systemFor: [String: Set<String>] = [:]
    /// The most that the library's targets may depend on: from the bottom to the top.
    let libraries: [String: Set<String>]
    /// Folders with a Package.swift of their own.
    let otherPackages: [String]
}

enum ImportTable {
    static let rules = ImportRules(
        system: ["Glibc", "Synchronization"],
        systemForTests: ["Glibc", "Synchronization", "Foundation", "Testing", "Dispatch"],
        systemForExamples: ["Foundation"],
        systemFor: [
            "LibC": ["Musl"], "WebSocketServerJSON": ["Foundation", "FoundationEssentials"],
        ],
        libraries: [
            "LibC": [],
            "Storage": ["LibC"],
            "WebSocketCore": ["LibC", "Storage", "CCrypto", "CZlib"],
            "WebSocketTLS": ["LibC", "Storage", "CSSL"],
            "RedisClient": ["Storage"],
            "ChatEngine": ["Storage", "RedisClient"],
            "ChatRooms": ["Storage", "CUnicode", "CCrypto"],
            "ChatDatabase": ["Storage", "ChatRooms", "CSQLite"],
            "LinuxReactor": ["LibC", "Storage", "CLinux"],
            "SystemdSupport": ["CSystemd", "LibC", "LinuxReactor", "Logging"],
            "WebSocketServer": [
                "LibC", "Storage", "WebSocketCore", "WebSocketTLS", "RedisClient", "LinuxReactor",
                "Logging",
            ],
            "WebSocketServerAsync": [
                "WebSocketServer", "LibC", "Storage", "LinuxReactor", "Logging",
            ],
            "WebSocketServerJSON": ["WebSocketServer"],
            "WebSocketServerTesting": [
                "Storage", "WebSocketCore", "WebSocketTLS", "RedisClient", "LinuxReactor",
                "WebSocketServer", "Logging",
            ],
        ],
        otherPackages: [
            "Benchmarks/Micro", "Benchmarks/peers", "Sources/Examples/Services",
            "Tests/Fuzz/Runner", "Tests/Stranger",
        ])
}

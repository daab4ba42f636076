// swift-tools-version: 6.2
// A stranger's programs: what one can build on Roost with nothing but its documentation. The test
// (Tests/System/Programs/StrangerTests.swift) brings a repository of this working tree.
import PackageDescription

let roost = Context.environment["ROOST_URL"] ?? "https://example.org/roost.git"

func product(_ name: String, of package: String = "roost") -> Target.Dependency {
    .product(name: name, package: package)
}

let package = Package(
    name: "stranger",
    dependencies: [
        .package(url: roost, from: "0.1.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    ],
    targets: [
        .executableTarget(name: "Echo", dependencies: [product("WebSocketServer")]),
        .executableTarget(name: "Chat", dependencies: [product("WebSocketServer")]),
        .executableTarget(name: "Members", dependencies: [product("WebSocketServer")]),
        .executableTarget(name: "Phonebook", dependencies: [product("WebSocketServer")]),
        .executableTarget(
            name: "Lifecycle",
            dependencies: [
                product("WebSocketServer"),
                product("ServiceLifecycle", of: "swift-service-lifecycle"),
            ]),
        .executableTarget(name: "Trains", dependencies: [product("WebSocketServer")]),
        .executableTarget(name: "Follower", dependencies: [product("WebSocketServerAsync")]),
        .executableTarget(name: "Orders", dependencies: [product("WebSocketServerJSON")]),
        .testTarget(name: "ChatTests", dependencies: ["Chat", product("WebSocketServerTesting")]),

        // The example Sources/Examples/Services, by links: here it needs no build of its own.
        .executableTarget(
            name: "ServicesExample",
            dependencies: [
                product("WebSocketServer"),
                product("ServiceLifecycle", of: "swift-service-lifecycle"),
                product("Metrics", of: "swift-metrics"),
            ]),
        .testTarget(
            name: "ServicesTests",
            dependencies: ["ServicesExample", product("MetricsTestKit", of: "swift-metrics")]),
    ]
)

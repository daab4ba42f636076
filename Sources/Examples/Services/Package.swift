// swift-tools-version: 6.2
// A server in a ServiceGroup of swift-service-lifecycle, with its figures in swift-metrics. It is a
// package of its own, so that nobody else fetches those two.
import PackageDescription

let package = Package(
    name: "services",
    dependencies: [
        .package(name: "roost", path: "../../..", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    ],
    targets: [
        .executableTarget(
            name: "ServicesExample",
            dependencies: [
                .product(name: "WebSocketServer", package: "roost"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "ServicesTests",
            dependencies: [
                "ServicesExample", .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)

// swift-tools-version: 6.2
// The fuzzing targets with libFuzzer's entry point. It is a package of its own because of its
// flags; the root's tests replay the corpora through the same targets. See `make fuzz`. The root's
// kits are test targets, which no other package can import: links bring them in.
import PackageDescription

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .target(
            name: "WireKit",
            dependencies: [
                .product(name: "WebSocketCore", package: "roost"),
                .product(name: "RedisClient", package: "roost"),
            ],
            path: "WireKit", swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(
            name: "SimulationKit",
            dependencies: [
                "WireKit", .product(name: "WebSocketServer", package: "roost"),
                .product(name: "WebSocketServerTesting", package: "roost"),
            ],
            path: "SimulationKit", swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "SimulationKit", "WireKit", .product(name: "WebSocketServer", package: "roost"),
                .product(name: "WebSocketServerTesting", package: "roost"),
                .product(name: "ChatRooms", package: "roost"),
                .product(name: "RedisClient", package: "roost"),
                .product(name: "WebSocketTLS", package: "roost"),
            ],
            path: ".",
            exclude: [
                "Replay", "Corpora", "Dictionaries", "SimulationKit", "WireKit", "fuzz.py",
                "seeds.py",
            ],
            sources: ["Runner", "Targets"],
            // libFuzzer has the main function.
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]),
    ],
    cLanguageStandard: .c2x
)

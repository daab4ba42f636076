// swift-tools-version: 6.2
// The cost of single steps of the server. A package of its own, so that no other build includes it.
// See `make bench-micro`, which passes -enable-testing: the workloads look inside of the modules.
import PackageDescription

let package = Package(
    name: "micro",
    products: [.executable(name: "micro", targets: ["Micro"])],
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .executableTarget(
            name: "Micro",
            dependencies: [
                .product(name: "WebSocketServer", package: "roost"),
                .product(name: "ChatRooms", package: "roost"),
                .product(name: "WebSocketTLS", package: "roost"),
            ],
            path: ".", exclude: ["instructions.py", "operations.py", "instructions.json"],
            sources: ["Micro.swift", "Workloads"], swiftSettings: [.swiftLanguageMode(.v6)])
    ],
    cLanguageStandard: .c2x
)

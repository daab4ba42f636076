// swift-tools-version: 6.2
// The fuzzing targets with libFuzzer's entry point. It is a package of its own because of its
// flags; the root's tests replay the corpora through the same targets. See `make fuzz`.
import PackageDescription

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .target(
            name: "ReferenceZlib",
            dependencies: [.product(name: "WebSocketCore", package: "roost")],
            path: "ReferenceZlib", swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "ReferenceZlib", .product(name: "WebSocketServer", package: "roost"),
                .product(name: "ChatRooms", package: "roost"),
            ],
            path: ".",
            exclude: [
                "Replay", "Corpora", "Dictionaries", "ReferenceZlib", "fuzz.py", "seeds.py",
            ],
            sources: ["Runner", "Targets"],
            // libFuzzer has the main function.
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]),
    ],
    cLanguageStandard: .c2x
)

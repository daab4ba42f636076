// swift-tools-version: 6.2
// Roost: a WebSocket server library for Linux, and a chat server on top of it.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .strictMemorySafety()]
// `@_lifetime` is needed only where a view of somebody else's bytes is handed out.
let lending: [SwiftSetting] =
    strict + [.enableExperimentalFeature("Lifetimes"), .enableExperimentalFeature("RawLayout")]
let tests: [SwiftSetting] = [.swiftLanguageMode(.v6)]

// A package that depends on this one with `traits: []` fetches swift-log and nothing else.
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser",
    condition: .when(traits: ["Programs"]))
let histogram: Target.Dependency = .product(
    name: "Histogram", package: "hdrhistogram-swift", condition: .when(traits: ["Programs"]))

let package = Package(
    name: "roost",
    products: [
        .library(name: "WebSocketServer", targets: ["WebSocketServer"]),
        .library(name: "WebSocketServerJSON", targets: ["WebSocketServerJSON"]),
        .library(name: "SystemdSupport", targets: ["SystemdSupport"]),
        .library(name: "WebSocketServerAsync", targets: ["WebSocketServerAsync"]),
        .library(name: "WebSocketCore", targets: ["WebSocketCore"]),
        .library(name: "WebSocketServerTesting", targets: ["WebSocketServerTesting"]),
        // For the nested packages Tests/Fuzz and Benchmarks/Micro.
        .library(name: "ChatRooms", targets: ["ChatRooms"]),
        .library(name: "RedisClient", targets: ["RedisClient"]),
        .library(name: "WebSocketTLS", targets: ["WebSocketTLS"]),
        .executable(name: "roost", targets: ["roost"]),
        .executable(name: "echo-server", targets: ["EchoServer"]),
        .executable(name: "async-echo", targets: ["AsyncEcho"]),
        .executable(name: "broadcast-server", targets: ["BroadcastServer"]),
        .executable(name: "shared-chat", targets: ["SharedChat"]),
        .executable(name: "bench", targets: ["bench"]),
        .executable(name: "talk", targets: ["Talk"]),
        .executable(name: "train-map", targets: ["TrainMap"]),
        .executable(name: "chat-step-1", targets: ["ChatStep1"]),
        .executable(name: "chat-step-2", targets: ["ChatStep2"]),
        .executable(name: "chat-step-3", targets: ["ChatStep3"]),
        .executable(name: "chat-step-4", targets: ["ChatStep4"]),
    ],
    traits: [
        .trait(
            name: "Programs",
            description: "What the programs and the load generator need, and the library does not."),
        .default(enabledTraits: ["Programs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        // The load generator's latencies; nothing else uses it.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C: what the Glibc overlay does not have, and the system's libraries.
        .systemLibrary(
            name: "Clibsystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CSystemd", dependencies: ["Clibsystemd"]),
        .target(name: "CUnicode", exclude: ["names.bin"]),

        // The library. Each target imports only what stands above it.
        .target(name: "LibC", swiftSettings: strict),
        .target(name: "Storage", dependencies: ["LibC"], swiftSettings: lending),
        .target(
            name: "WebSocketCore", dependencies: ["LibC", "Storage", "CCrypto", "CZlib"],
            swiftSettings: lending),
        .target(
            name: "WebSocketTLS", dependencies: ["LibC", "Storage", "CSSL"],
            swiftSettings: lending),
        .target(
            name: "ChatRooms", dependencies: ["Storage", "CUnicode", "CCrypto"],
            exclude: ["PROTOCOL.md"], swiftSettings: lending),
        .target(name: "RedisClient", dependencies: ["Storage"], swiftSettings: lending),
        .target(
            name: "ChatEngine", dependencies: ["Storage", "RedisClient"], swiftSettings: lending),
        .target(
            name: "ChatDatabase", dependencies: ["Storage", "ChatRooms", "CSQLite"],
            swiftSettings: lending),
        .target(
            name: "LinuxReactor", dependencies: ["CLinux", "LibC", "Storage"],
            swiftSettings: lending),
        .target(
            name: "SystemdSupport", dependencies: ["CSystemd", "LibC", "LinuxReactor", logging],
            swiftSettings: strict),
        .target(
            name: "WebSocketServer",
            dependencies: [
                "LibC", "Storage", "WebSocketCore", "WebSocketTLS", "RedisClient", "LinuxReactor",
                logging,
            ],
            swiftSettings: lending),
        .target(
            name: "WebSocketServerAsync",
            dependencies: ["LibC", "WebSocketServer", "LinuxReactor", "Storage", logging],
            swiftSettings: strict),

        // JSON by Foundation, for those who want it.
        .target(
            name: "WebSocketServerJSON", dependencies: ["WebSocketServer"], swiftSettings: strict),
        // For tests of handlers: the server on a simulated machine.
        .target(
            name: "WebSocketServerTesting",
            dependencies: [
                "Storage", "WebSocketCore", "WebSocketTLS", "RedisClient", "LinuxReactor",
                "WebSocketServer", logging,
            ],
            swiftSettings: lending),

        // The programs.
        .target(
            name: "CommandLineOptions",
            dependencies: ["WebSocketServer", "SystemdSupport", argumentParser, logging],
            swiftSettings: strict),
        .target(name: "CPage", path: "Sources/roost/Page"),
        .executableTarget(
            name: "roost",
            dependencies: [
                "WebSocketServer", "WebSocketCore", "LinuxReactor", "Storage", "ChatRooms",
                "ChatDatabase", "ChatEngine", "RedisClient", "CommandLineOptions", "CCrypto",
                "CLinux", "CPage", "CZlib",
            ],
            exclude: ["Page"], swiftSettings: strict),
        .executableTarget(
            name: "EchoServer", dependencies: ["WebSocketServer", "CommandLineOptions"],
            path: "Sources/Examples/EchoServer", swiftSettings: strict),
        .executableTarget(
            name: "AsyncEcho", dependencies: ["WebSocketServerAsync", "CommandLineOptions"],
            path: "Sources/Examples/AsyncEcho", swiftSettings: strict),
        .executableTarget(
            name: "BroadcastServer", dependencies: ["WebSocketServer", "CommandLineOptions"],
            path: "Sources/Examples/BroadcastServer", swiftSettings: strict),
        .executableTarget(
            name: "SharedChat", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/SharedChat", swiftSettings: strict),
        .executableTarget(
            name: "Talk", dependencies: ["WebSocketServer", "CommandLineOptions", argumentParser],
            path: "Sources/Examples/Talk", swiftSettings: strict),
        // A map page, the lines on it, and a script that makes trains run.
        .executableTarget(
            name: "TrainMap", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/TrainMap", exclude: ["trains.py"],
            resources: [.embedInCode("page.html"), .embedInCode("lines.json")],
            swiftSettings: strict),
        // The steps of the tutorial, each with its page inside.
        .executableTarget(
            name: "ChatStep1", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/Tutorial/Step1", resources: [.embedInCode("page.html")],
            swiftSettings: strict),
        .executableTarget(
            name: "ChatStep2", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/Tutorial/Step2", resources: [.embedInCode("page.html")],
            swiftSettings: strict),
        .executableTarget(
            name: "ChatStep3", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/Tutorial/Step3", resources: [.embedInCode("page.html")],
            swiftSettings: strict),
        .executableTarget(
            name: "ChatStep4", dependencies: ["WebSocketServer"],
            path: "Sources/Examples/Tutorial/Step4", resources: [.embedInCode("page.html")],
            swiftSettings: strict),
        // The load generator: `swift run bench`.
        .target(name: "CBench", path: "Benchmarks/CBench"),
        .executableTarget(
            name: "bench",
            dependencies: [
                "WebSocketServer", "CommandLineOptions", "CBench", histogram, argumentParser,
            ],
            path: "Benchmarks/bench", swiftSettings: strict),

        // The tests: Tests/README.md says what is where.
        // What several share are test targets too, so that a release build leaves them out.
        .testTarget(name: "TestSupport", path: "Tests/Support/TestSupport", swiftSettings: tests),
        .testTarget(
            name: "WireKit", dependencies: ["WebSocketCore", "RedisClient", "CZlib"],
            path: "Tests/WireKit", swiftSettings: tests),
        .testTarget(
            name: "SimulationKit",
            dependencies: [
                "WebSocketServerTesting", "WebSocketServer", "LinuxReactor", "WireKit",
            ],
            path: "Tests/SimulationKit", swiftSettings: tests),
        .testTarget(
            name: "WebSocketServerTestingTests",
            dependencies: ["WebSocketServerTesting", "WebSocketServer"],
            path: "Tests/Unit/WebSocketServerTestingTests", swiftSettings: tests),
        .testTarget(
            name: "ExampleTests",
            dependencies: [
                "WebSocketServerTesting", "WebSocketServer", "EchoServer", "BroadcastServer",
                "Talk", "ChatStep1", "ChatStep2", "ChatStep3", "ChatStep4",
            ],
            path: "Tests/Unit/ExampleTests", swiftSettings: tests),
        .testTarget(
            name: "StorageTests", dependencies: ["Storage", "TestSupport"],
            path: "Tests/Unit/StorageTests", swiftSettings: tests),
        .testTarget(
            name: "WebSocketServerTests", dependencies: ["WebSocketServer", "TestSupport"],
            path: "Tests/Unit/WebSocketServerTests", swiftSettings: tests),
        .testTarget(
            name: "WebSocketServerJSONTests",
            dependencies: ["WebSocketServer", "WebSocketServerJSON", "WebSocketServerTesting"],
            path: "Tests/Unit/WebSocketServerJSONTests", swiftSettings: tests),
        .testTarget(
            name: "WebSocketServerAsyncTests",
            dependencies: ["WebSocketServerAsync", "SimulationKit", "LinuxReactor"],
            path: "Tests/Unit/WebSocketServerAsyncTests", swiftSettings: tests),
        .testTarget(
            name: "WebSocketCoreTests", dependencies: ["WebSocketCore", "WireKit", "CZlib"],
            path: "Tests/Unit/WebSocketCoreTests", swiftSettings: tests),
        .testTarget(
            name: "WebSocketTLSTests",
            dependencies: ["WebSocketTLS", "Storage", "CSSL", "TestSupport"],
            path: "Tests/Unit/WebSocketTLSTests", swiftSettings: tests),
        .testTarget(
            name: "ChatRoomsTests", dependencies: ["ChatRooms"], path: "Tests/Unit/ChatRoomsTests",
            swiftSettings: tests),
        // A disk that fails and forgets, under SQLite.
        .target(name: "CTestVFS", dependencies: ["CSQLite"], path: "Tests/Support/CTestVFS"),
        .testTarget(
            name: "ChatDatabaseTests",
            dependencies: ["ChatDatabase", "ChatRooms", "CTestVFS", "CSQLite", "TestSupport"],
            path: "Tests/Unit/ChatDatabaseTests", swiftSettings: tests),
        .testTarget(
            name: "LinuxReactorTests", dependencies: ["LinuxReactor", "TestSupport"],
            path: "Tests/Unit/LinuxReactorTests", swiftSettings: tests),
        .testTarget(
            name: "SystemdSupportTests", dependencies: ["SystemdSupport", "TestSupport"],
            path: "Tests/Unit/SystemdSupportTests", swiftSettings: tests),
        .testTarget(
            name: "RoostTests",
            dependencies: ["roost", "CommandLineOptions", "CPage", "CZlib", "TestSupport"],
            path: "Tests/Unit/RoostTests", swiftSettings: tests),
        .testTarget(
            name: "RedisClientTests", dependencies: ["RedisClient", "Storage", "WireKit"],
            path: "Tests/Unit/RedisClientTests", swiftSettings: tests),
        .testTarget(
            name: "ChatEngineTests",
            dependencies: ["ChatEngine", "RedisClient", "Storage", "WireKit"],
            path: "Tests/Unit/ChatEngineTests", swiftSettings: tests),
        .testTarget(
            name: "BenchTests", dependencies: ["bench", "TestSupport"],
            path: "Tests/Unit/BenchTests", swiftSettings: tests),
        // The repository itself: its rooms, words and files.
        .testTarget(name: "TidyTests", path: "Tests/Unit/TidyTests", swiftSettings: tests),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["SimulationKit", "WireKit", "EngineScripts", "roost", "TestSupport"],
            path: "Tests/Simulation", swiftSettings: tests),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["SimulationKit", "WireKit", "ChatRooms", "WebSocketTLS", "RedisClient"],
            path: "Tests/Fuzz",
            exclude: [
                "Package.swift", "Runner", "Corpora", "Dictionaries", "SimulationKit", "WireKit",
                "fuzz.py", "seeds.py",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "roost", "bench", "EchoServer", "AsyncEcho", "BroadcastServer", "Talk",
                "KernelScripts", "TestServer", "TrainMap", "CommandLineOptions", "WebSocketServer",
                "LinuxReactor", "TestSupport",
            ],
            path: "Tests/System", swiftSettings: tests),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "roost", "EchoServer", "Talk", "SharedChat", "AutobahnClient", "TestSupport",
                "ChatEngine", "EngineScripts", "RedisClient", "Storage",
            ],
            path: "Tests/Interop",
            exclude: ["expected-server.json", "expected-client.json", "RESULTS.md"],
            swiftSettings: tests),
        .testTarget(
            name: "BrowserTests",
            dependencies: [
                "roost", "ChatStep1", "ChatStep2", "ChatStep3", "ChatStep4", "TrainMap",
                "TestSupport",
            ],
            path: "Tests/Browser", swiftSettings: tests),
        .executableTarget(
            name: "TestServer", dependencies: ["WebSocketServer", "SystemdSupport"],
            path: "Tests/Support/TestServer", swiftSettings: tests),
        .executableTarget(
            name: "KernelScripts", dependencies: ["LinuxReactor", "WebSocketServerTesting"],
            path: "Tests/Support/KernelScripts", swiftSettings: tests),
        .executableTarget(
            name: "EngineScripts", dependencies: ["Storage", "RedisClient", "ChatEngine"],
            path: "Tests/Support/EngineScripts", swiftSettings: tests),
        .executableTarget(
            name: "AutobahnClient", dependencies: ["WebSocketServer"],
            path: "Tests/Support/AutobahnClient", swiftSettings: strict),
    ],
    cLanguageStandard: .c2x
)

// The documentation's plugin is fetched by those who make documentation, and by nobody else.
if Context.environment["ROOST_DOCS"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

// Where this program and its servers are, and how they get built for release.
import Foundation
import Glibc

/// The programs of this package.
enum Products {
    /// This program.
    static let ownPath = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

    private static var ownFolder: URL { URL(fileURLWithPath: ownPath).deletingLastPathComponent() }

    /// The folder that Package.swift is in, found from where this program was built; nil for one
    /// that was installed elsewhere.
    static let packageRoot: String? = {
        var folder = ownFolder
        while folder.path != "/" {
            let manifest = folder.appendingPathComponent("Package.swift").path
            if FileManager.default.fileExists(atPath: manifest) { return folder.path }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    /// A program in the same folder as this one. Builds it if it does not exist.
    static func path(_ name: String) throws -> String {
        let path = ownFolder.appendingPathComponent(name).path
        if FileManager.default.isExecutableFile(atPath: path) { return path }
        guard isOptimized, try build(["--product", name]) else {
            throw ServerProcess.Failure(
                description: "There is no \(name) in \(ownFolder.path). Build it there, or name a "
                    + "server that runs already: --url ws://HOST:PORT")
        }
        return path
    }

    static var isOptimized: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    /// A debug build says nothing about speed: builds everything for release, and replaces this
    /// process by the release build. Returns only if this is a release build already.
    static func goOnAsRelease() throws {
        guard !isOptimized else { return }
        say("This is a debug build, which says nothing about speed: building for release.")
        guard try build([]) else {
            throw ServerProcess.Failure(
                description: "The release build failed. `swift build -c release` says why; "
                    + "--as-built measures the debug build instead.")
        }
        let program = ownPath.replacingOccurrences(of: "/debug/", with: "/release/")
        say("Going on as \(program).")
        let arguments = [program] + CommandLine.arguments.dropFirst()
        Launch.become(arguments)
        throw ServerProcess.Failure(description: "\(program) cannot be started.")
    }

    private static func build(_ more: [String]) throws -> Bool {
        guard let root = packageRoot else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["swift", "build", "-c", "release", "--package-path", root] + more
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

// Tests/Stranger, built as a stranger would build it: it fetches a repository of this working tree.
import Foundation
import TestSupport
import Testing

enum StrangerPackage {
    /// Built once for all tests; the next run builds what has changed since then.
    static let programs = Task { try await build() }

    static let source = BuildProducts.packageRoot.appendingPathComponent("Tests/Stranger")
    private static let folder = BuildProducts.packageRoot.appendingPathComponent(".build/stranger")
    private static let package = folder.appendingPathComponent("package")
    private static let repository = folder.appendingPathComponent("roost.git")

    /// The names of the packages that it has fetched.
    static func resolvedPackages() throws -> Set<String> {
        struct Resolved: Decodable {
            struct Pin: Decodable { let identity: String }
            let pins: [Pin]
        }
        let file = package.appendingPathComponent("Package.resolved")
        let resolved = try JSONDecoder().decode(Resolved.self, from: Data(contentsOf: file))
        return Set(resolved.pins.map(\.identity))
    }

    /// Runs `swift` in the package: its exit status and its output. It is nice, so that tests
    /// beside it, which wait for programs, do not wait for the compiler.
    static func swift(_ words: String...) async throws -> (status: Int32, output: String) {
        let log = folder.appendingPathComponent("\(words[0])-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["nice", "swift", words[0], "--package-path", package.path] + words.dropFirst()
        process.environment = ProcessInfo.processInfo.environment
            .merging(["ROOST_URL": repository.absoluteString]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = process.standardOutput
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return (status, try String(contentsOf: log, encoding: .utf8))
    }

    /// Returns the folder with the programs.
    private static func build() async throws -> URL {
        let files = FileManager.default
        try files.createDirectory(at: package, withIntermediateDirectories: true)
        for name in ["Package.swift", "Sources", "Tests"] {
            let link = package.appendingPathComponent(name)
            try? files.removeItem(at: link)
            try files.createSymbolicLink(
                at: link, withDestinationURL: source.appendingPathComponent(name))
        }
        if try publish() {
            let update = try await swift("package", "update", "roost")
            try #require(update.status == 0, "\(update.output)")
        }
        let build = try await swift("build", "--build-tests")
        try #require(build.status == 0 && !build.output.contains("warning: "), "\(build.output)")
        return package.appendingPathComponent(".build/debug")
    }

    /// Makes a version of the working tree's files, committed or not: 0.1.0, and 0.1.1 after a
    /// change. Returns whether there is a new one.
    private static func publish() throws -> Bool {
        if !FileManager.default.fileExists(atPath: repository.path) {
            let words = ["git", "init", "--quiet", "--bare", "--initial-branch=main"]
            let end = try Run(words + [repository.path]).end()
            try #require(end.status == 0, "\(end.errors)")
        }
        try git("add", "--all")
        let difference = try Run(gitWords + ["diff", "--cached", "--quiet", "HEAD"]).end()
        if difference.status == 0 { return false }
        try git(
            "-c", "user.name=A stranger", "-c", "user.email=stranger@example.org",
            "-c", "commit.gpgSign=false", "commit", "--quiet", "--message=The working tree")
        let count = try git("rev-list", "--count", "HEAD")
        try git("tag", "0.1.\(Int(count.dropLast())! - 1)")
        return true
    }

    private static let gitWords = [
        "git", "--git-dir=\(repository.path)", "--work-tree=\(BuildProducts.packageRoot.path)",
        "-C", BuildProducts.packageRoot.path,
    ]

    @discardableResult private static func git(_ words: String...) throws -> String {
        let end = try Run(gitWords + words).end()
        try #require(end.status == 0, "git \(words): \(end.errors)")
        return end.output
    }
}

// A real systemd as PID 1, in a container: the package is installed, used, upgraded and removed.
import Foundation
import TestSupport
import Testing

@Suite struct BootTests {
    private static let script =
        BuildProducts.packageRoot.appendingPathComponent("Tests/Support/boot/test").path

    /// Why the test cannot run here; nil if it can.
    private static let missing: String? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = ["--check"]
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return "Tests/Support/boot/test cannot be run" }
        let text = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let reason = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return reason.isEmpty ? nil : reason
    }()

    @Test(.enabled(if: missing == nil, "No boot: \(missing ?? "")"), .timeLimit(.minutes(10)))
    func `The package works through its whole life on a booted machine`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.script)
        let program = try #require(BuildProducts.optimizedPath("roost"))
        process.arguments = [program]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        // So that the page's figure can be checked.
        print(text)
    }
}

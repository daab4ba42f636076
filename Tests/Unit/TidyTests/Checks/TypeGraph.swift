// scripts/type-graph, which finds the circles in which files need each other's types.
import Foundation

enum TypeGraph {
    static let hasPython =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: $0 + "/python3")
        }

    /// The script's status and what it has printed.
    static func run(_ arguments: [String] = []) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Without -B it would leave its compiled module in the tree.
        process.arguments =
            ["python3", "-B", Tree.root.appendingPathComponent("scripts/type-graph").path]
            + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// Calls between rooms that go upward or to a neighbour.
    static func uphillCalls(_ arguments: [String] = []) throws -> [Finding] {
        let line = Pattern(#"^(\S+):(\d+) (calls \S+ of \S+): (.+)$"#)
        return try line.matches(in: run(["--calls"] + arguments).output).map { match in
            Finding(
                path: RoomCheck.folder + "/" + match.groups[1], line: Int(match.groups[2]) ?? 1,
                flaw: "It \(match.groups[3]), \(match.groups[4])",
                remedy: "Return a value for the room above, or move the method down")
        }
    }
}

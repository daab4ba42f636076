// A program of this package as a process: its output and its end.
import Foundation
import Glibc

/// One run of a program, with its output.
package final class Run {
    package let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// `input` is its standard input; empty if nil.
    package init(
        _ command: [String], environment: [String: String]? = nil, input: String? = nil
    ) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        process.standardError = errors
        let inputPipe = input.map { _ in Pipe() }
        process.standardInput = inputPipe ?? FileHandle.nullDevice
        if let environment {
            process.environment = ProcessInfo.processInfo.environment
                .merging(environment) { $1 }
        }
        try process.run()
        if let input, let inputPipe {
            // Everything sent here fits into a pipe.
            try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try inputPipe.fileHandleForWriting.close()
        }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// User and system time that it has used, in seconds.
    package func cpuSeconds() throws -> Double {
        let stat = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        // utime and stime stand behind the name, which may contain spaces: proc(5).
        let fields = stat[stat.lastIndex(of: ")")!...].split(separator: " ")
        return Double(Int(fields[12])! + Int(fields[13])!) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The first line with "Listening on", or nil if the program ends without it.
    package func address() -> String? {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            text += String(decoding: data, as: UTF8.self)
            if let line = text.split(separator: "\n").first(where: { $0.contains("Listening on ") }
            ),
                text.contains("\n")
            {
                return String(line.dropFirst("Listening on ".count))
            }
        }
    }

    /// Its output up to a given text; nil if it ends before.
    package func output(until condition: (String) -> Bool) -> String? {
        Self.text(of: output, until: condition)
    }

    /// Its error output up to a given text; nil if it ends before.
    package func errors(until condition: (String) -> Bool) -> String? {
        Self.text(of: errors, until: condition)
    }

    private static func text(of pipe: Pipe, until condition: (String) -> Bool) -> String? {
        var text = ""
        while !condition(text) {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }

    /// Waits for the end: status, standard output and standard error.
    package func end() -> (status: Int32, output: String, errors: String) {
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complained = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said, complained)
    }

    package func stop(_ signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        return end().status
    }
}

/// Sends a request, and returns the received bytes until they contain `marker`, or until the end.
package func exchange(_ request: String, port: UInt16, until marker: String) -> String {
    guard let client = Client(connectingTo: port) else { return "no connection" }
    client.send(request)
    return client.received(until: marker)
}

/// The command line of a program, with its port in the right place. A chat keeps what is said in
/// memory, unless `more` names a file.
package func command(_ program: String, port: String, _ more: String...) -> [String] {
    let path = BuildProducts.path(program)
    guard program == "roost" else { return [path, port] + more }
    return [path, "serve", "--port", port, "--history", "memory"] + more
}

/// The port of "scheme://host:port".
package func port(of address: String) -> UInt16 { UInt16(address.split(separator: ":").last!)! }

// UNSAFE: passes execvp(3) a list of C strings that lives until the call.
import ArgumentParser
import CBench
import Foundation
import Glibc
import LinuxReactor

/// `bench launch`, which only `bench` itself starts: becomes a server that is pinned to processors
/// and ends with its coordinator, however that ends.
struct Launch: ParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    @Option var processors: String?
    @Argument(parsing: .captureForPassthrough) var command: [String] = []

    func run() throws {
        cbench_end_with_parent()
        // The coordinator handles Ctrl-C, which a terminal sends to the whole process group.
        setpgid(0, 0)
        if let processors { Machine.pin(to: Self.numbers(processors)) }
        Machine.raiseDescriptorLimit()
        let arguments = command.first == "--" ? Array(command.dropFirst()) : command
        Self.become(arguments)
        throw ServerProcess.Failure(
            description: "\(arguments.first ?? ""): \(SystemError(errno, "exec"))")
    }

    /// Replaces this process by another program. Returns only if that fails.
    static func become(_ arguments: [String]) {
        guard let program = arguments.first else { return }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        unsafe execvp(program, &words)
        for index in unsafe words.indices { unsafe free(words[index]) }
    }

    static func list(_ processors: [Int]) -> String {
        processors.map(String.init).joined(separator: ",")
    }

    static func numbers(_ list: String) -> [Int] {
        list.split(separator: ",").compactMap { Int($0) }
    }
}

/// `bench worker`: see ``Worker``.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", shouldDisplay: false)

    @Option var processors: String?

    func run() throws {
        cbench_end_with_parent()
        // The coordinator handles Ctrl-C.
        signal(SIGINT, SIG_IGN)
        if let processors { Machine.pin(to: Launch.numbers(processors)) }
        try Worker.run()
    }
}
